// parseRequest(): what a client may send.

import * as assert from "uvu/assert";
import type * as v from "valibot";
import { MAX_REQUEST_BYTES, parseRequest } from "../../lib/message/parse_request.ts";
import {
  ApplyRequestSchema,
  RestoreRequestSchema,
  RollbackRequestSchema,
  StatusRequestSchema,
} from "../../lib/message/request_schema.ts";
import { forAll } from "../support/random.ts";
import { suite } from "../support/suite.ts";

const requests = suite("parseRequest()");

function refusal<T>(schema: v.GenericSchema<unknown, T>, body: unknown): string {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const result = parseRequest(schema, new TextEncoder().encode(text));
  if (result.ok) throw new Error(`accepted: ${text}`);
  return result.message;
}

function accepted<T>(schema: v.GenericSchema<unknown, T>, body: unknown): T {
  const result = parseRequest(schema, new TextEncoder().encode(JSON.stringify(body)));
  if (!result.ok) throw new Error(result.message);
  return result.request;
}

requests("an empty payload, and one of white space, mean {}", () => {
  for (const text of ["", " \n"]) {
    const result = parseRequest(ApplyRequestSchema, new TextEncoder().encode(text));
    assert.equal(result, {
      ok: true,
      tenant: null,
      request: {
        target_version: "latest",
        dry_run: false,
        applied_by: "system",
        timeout_ms: 600_000,
        transaction: "migration",
      },
    });
  }
});

requests("what is not JSON, not UTF-8 or not an object is refused", () => {
  assert.match(refusal(ApplyRequestSchema, "{"), "is not JSON");
  assert.match(refusal(ApplyRequestSchema, "{'a': 1}"), "is not JSON");
  for (const text of ["[]", "null", "1", '"latest"', "true"]) {
    assert.match(refusal(ApplyRequestSchema, text), "is not a JSON object");
  }
  const result = parseRequest(ApplyRequestSchema, new Uint8Array([0x7b, 0xff, 0x7d]));
  assert.match(result.ok ? "" : result.message, "is not UTF-8");
});

requests("an unknown key is refused by its name, for every verb", () => {
  assert.match(refusal(ApplyRequestSchema, { dryrun: true }), 'unknown key "dryrun"');
  assert.match(refusal(RollbackRequestSchema, { dryrun: true }), 'unknown key "dryrun"');
  assert.match(refusal(StatusRequestSchema, { dryrun: true }), 'unknown key "dryrun"');
  assert.match(refusal(ApplyRequestSchema, '{"__proto__": {}}'), 'unknown key "__proto__"');
});

requests("values of the wrong type or out of range are refused with what was expected", () => {
  const cases: readonly (readonly [object, string])[] = [
    [{ target_version: "3" }, 'target_version: expected a whole number of 1 or more, or "latest"'],
    [{ target_version: 0 }, "target_version: expected"],
    [{ target_version: -1 }, "target_version: expected"],
    [{ target_version: 1.5 }, "target_version: expected"],
    [{ target_version: null }, "target_version: expected"],
    [{ target_version: 1e300 }, "target_version: expected"],
    [{ dry_run: "true" }, "dry_run: expected true or false"],
    [{ dry_run: 1 }, "dry_run: expected true or false"],
    [{ applied_by: "" }, "applied_by: expected 1 to 200 printable characters"],
    [{ applied_by: "a\nb" }, "applied_by: expected 1 to 200 printable characters"],
    [{ applied_by: "\u001b[31m" }, "applied_by: expected 1 to 200 printable characters"],
    [{ applied_by: "a".repeat(201) }, "applied_by: expected"],
    [{ applied_by: 5 }, "applied_by: expected a text"],
    [{ plan_hash: "abc" }, "plan_hash: expected 64 lower-case hex digits"],
    [{ timeout_ms: 0 }, "timeout_ms: expected"],
    [{ run_id: "mine" }, "run_id: expected a UUID that no other run has"],
    [{ run_id: 7 }, "run_id: expected a text"],
    [{ tenant: "../x" }, "tenant: expected 1 to 64 characters: a-z, 0-9, _ and -"],
    [{ tenant: 5 }, "tenant: expected a text"],
    [{ timeout_ms: 1e12 }, "timeout_ms: expected at most"],
  ];
  for (const [body, message] of cases) {
    assert.match(refusal(ApplyRequestSchema, body), message, JSON.stringify(body));
  }
  assert.match(refusal(RollbackRequestSchema, { target_version: "latest" }), "target_version");
  assert.match(refusal(RollbackRequestSchema, { target_version: -1 }), "target_version");
  assert.match(refusal(StatusRequestSchema, { limit: 0 }), "limit: expected");
  assert.match(refusal(StatusRequestSchema, { offset: -1 }), "offset: expected");
});

requests("a missing key is named, with what was expected", () => {
  const missing = 'The request is refused: "backup" is missing: expected the name of a backup, ' +
    'as "backups" lists it, or "latest"';
  assert.is(refusal(RestoreRequestSchema, {}), missing);
  assert.match(refusal(RestoreRequestSchema, { backup: 1 }), "backup: expected the name of");
  assert.match(refusal(RestoreRequestSchema, { backup: "a", to: 1 }), 'unknown key "to"');
});

requests("every problem is named at once", () => {
  const message = refusal(ApplyRequestSchema, { dry_run: 1, timeout_ms: "a", nope: 1 });
  for (const part of ["dry_run", "timeout_ms", '"nope"']) assert.match(message, part);
});

requests("a request that is refused still names its tenant, unless that is what is wrong", () => {
  const tenantOf = (body: object): string | null =>
    parseRequest(StatusRequestSchema, new TextEncoder().encode(JSON.stringify(body))).tenant;
  assert.is(tenantOf({ tenant: "acme" }), "acme");
  assert.is(tenantOf({ tenant: "acme", nope: 1 }), "acme");
  assert.is(tenantOf({ tenant: "../x" }), null);
  assert.is(tenantOf({}), null);
});

requests("what is larger than the limit is refused unread", () => {
  const text = JSON.stringify({ applied_by: "a".repeat(900 * 1024) });
  assert.match(refusal(ApplyRequestSchema, text), `the most is ${MAX_REQUEST_BYTES}`);
});

requests("values in range are taken as they are", () => {
  assert.is(accepted(ApplyRequestSchema, { target_version: 3 }).target_version, 3);
  assert.is(accepted(ApplyRequestSchema, { target_version: "latest" }).target_version, "latest");
  assert.is(accepted(RollbackRequestSchema, { target_version: 0 }).target_version, 0);
  assert.is(accepted(RollbackRequestSchema, {}).target_version, undefined);
  assert.is(accepted(ApplyRequestSchema, { applied_by: "Ünï 🐦" }).applied_by, "Ünï 🐦");
});

requests("any bytes give a value or a refusal, never an exception", async () => {
  await forAll(500, (random) => {
    const bytes = new Uint8Array(random.list(0, 40, () => random.integer(0, 255)));
    const json = JSON.stringify(
      random.pick<unknown>([{ dry_run: random.pick<unknown>([1, null, {}, true]) }, [], "x"]),
    );
    for (const payload of [bytes, new TextEncoder().encode(json)]) {
      const result = parseRequest(ApplyRequestSchema, payload);
      if (!result.ok) assert.match(result.message, /^The request /);
    }
  });
});

requests.run();
