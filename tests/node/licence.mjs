// Whether the library `jose` takes a licence file, and what it reads in it.
import { createLocalJWKSet, jwtVerify } from "jose";
import { answer, given } from "./input.mjs";

const { files, jwks, issuer, audience, now } = await given();
const keys = createLocalJWKSet(jwks);
const wanted = {
  algorithms: ["EdDSA", "Ed25519"],
  typ: "licence+jwt",
  issuer,
  audience,
  currentDate: new Date(now * 1000),
};

async function verified(file) {
  try {
    return (await jwtVerify(file, keys, wanted)).payload;
  } catch (error) {
    return error.code;
  }
}

answer(await Promise.all(files.map(verified)));
