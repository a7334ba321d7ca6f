// What is loaded on its first use. In a browser each further part would cut the rest, which every
// page loads, into more and smaller pieces.

export { dumpDatabase, dumpFiles, generate } from "./generate.ts";
export { proveOnLiveRows, proveOnMadeUpRows } from "../proof/prove.ts";
export { downProofFindings } from "../rule/down_proof.ts";
export { makeSuggestions } from "../suggestion/make_suggestions.ts";
