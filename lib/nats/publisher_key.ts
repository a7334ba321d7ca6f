// The keys of publishers, Ed25519 in the form of nkeys. Runs in Deno and in browsers.

import { nkeys } from "nats.ws";
import type { VerifySignature } from "../source/bundle_signature.ts";

/** A publisher's key pair, as texts. */
export interface PublisherKey {
  /** Begins with SU; whoever has it can sign. */
  readonly seed: string;
  /** Begins with U; what consumers trust. */
  readonly publicKey: string;
}

// nats.ws gives its nkeys no type.
interface KeyPair {
  getPublicKey(): string;
  getSeed(): Uint8Array;
  sign(bytes: Uint8Array): Uint8Array;
  verify(bytes: Uint8Array, signature: Uint8Array): boolean;
}

const NKEYS: {
  createUser(): KeyPair;
  fromSeed(seed: Uint8Array): KeyPair;
  fromPublic(key: string): KeyPair;
} = nkeys;

/** Makes a new key pair. */
export function createPublisherKey(): PublisherKey {
  const pair = NKEYS.createUser();
  return { seed: new TextDecoder().decode(pair.getSeed()), publicKey: pair.getPublicKey() };
}

/** The key pair of a seed; `null` where the text is none. */
export function publisherKey(seed: string): PublisherKey | null {
  const pair = pairOf(seed);
  return pair === null ? null : { seed, publicKey: pair.getPublicKey() };
}

/** Signs bytes; the signature is base64. */
export function sign({ seed }: PublisherKey, bytes: Uint8Array): string {
  const pair = pairOf(seed);
  if (pair === null) throw new Error("A publisher key was made of a text that is no seed");
  return pair.sign(bytes).toBase64();
}

/** Returns whether a text is a publisher's public key. */
export function isPublicKey(key: string): boolean {
  try {
    NKEYS.fromPublic(key);
    return key.startsWith("U");
  } catch {
    return false;
  }
}

/** Verifies a signature; false where the key or the signature is none. */
export const VERIFY: VerifySignature = (
  key: string,
  bytes: Uint8Array,
  signature: string,
): boolean => {
  try {
    return NKEYS.fromPublic(key).verify(bytes, Uint8Array.fromBase64(signature));
  } catch {
    return false;
  }
};

function pairOf(seed: string): KeyPair | null {
  try {
    const pair = NKEYS.fromSeed(new TextEncoder().encode(seed));
    return pair.getPublicKey().startsWith("U") ? pair : null;
  } catch {
    return null;
  }
}
