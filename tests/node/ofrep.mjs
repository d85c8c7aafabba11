// Checks by the published OpenFeature SDK and OFREP provider, unchanged. Given: the server's
// address, a token, and checks of [kind, flag, context, default]; answers with their details.
import { OpenFeature } from "@openfeature/server-sdk";
import { OFREPProvider } from "@openfeature/ofrep-provider";
import { answer, given } from "./input.mjs";

const { address, token, checks } = await given();
const provider = new OFREPProvider({
  baseUrl: address,
  headers: [["Authorization", `Bearer ${token}`]],
});
await OpenFeature.setProviderAndWait(provider);
const client = OpenFeature.getClient();
const ask = {
  boolean: (...check) => client.getBooleanDetails(...check),
  number: (...check) => client.getNumberDetails(...check),
};
const found = [];
for (const [kind, flag, context, otherwise] of checks) {
  found.push(await ask[kind](flag, otherwise, context));
}
answer(found);
