// Which packages are there, in the versions of the lock.
import { readFileSync } from "node:fs";
import { answer, given } from "./input.mjs";

const { names } = await given();
answer(Object.fromEntries(names.map((name) => {
  const manifest = new URL(`./node_modules/${name}/package.json`, import.meta.url);
  return [name, JSON.parse(readFileSync(manifest)).version];
})));
