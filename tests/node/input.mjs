// What a test gives to its script: one JSON document on standard input.
export async function given() {
  let text = "";
  for await (const part of process.stdin) text += part;
  return JSON.parse(text);
}

export function answer(value) {
  process.stdout.write(JSON.stringify(value) + "\n");
}
