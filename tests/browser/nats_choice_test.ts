// Which addresses of NATS a tab accepts, and which of them are on this machine.

import * as assert from "uvu/assert";
import { checkNatsUrl, isLoopback, whyNoConnection } from "../../lib/browser/nats_choice.ts";
import { suite } from "../support/suite.ts";

const choice = suite("NATS choice");

choice("checkNatsUrl() takes WebSocket addresses without credentials", () => {
  assert.equal(checkNatsUrl(" ws://127.0.0.1:8080 ", false), {
    ok: true,
    url: "ws://127.0.0.1:8080",
  });
  for (const url of ["ws://ada:secret@host", "ws://ada@host", "nats://host", "host", ""]) {
    assert.not.ok(checkNatsUrl(url, false).ok, url);
  }
});

choice("checkNatsUrl() does not repeat a password", () => {
  const checked = checkNatsUrl("ws://ada:secret@host", false);
  assert.not.match(checked.ok ? "" : checked.message, "secret");
});

choice("checkNatsUrl() wants wss from a secure page, but for this machine", () => {
  assert.not.ok(checkNatsUrl("ws://example.org", true).ok);
  assert.ok(checkNatsUrl("wss://example.org", true).ok);
  assert.ok(checkNatsUrl("ws://localhost:8080", true).ok);
});

choice("isLoopback() accepts the names and addresses of this machine", () => {
  for (const host of ["localhost", "127.0.0.1", "127.8.0.1", "127.1", "[::1]"]) {
    assert.ok(isLoopback(`ws://${host}:8080`), host);
  }
});

choice("isLoopback() rejects a host name that only begins like a loopback address", () => {
  for (const host of ["127.evil.example", "127.0.0.1.example", "localhost.example", "[::2]"]) {
    assert.not.ok(isLoopback(`ws://${host}:8080`), host);
  }
  assert.not.ok(checkNatsUrl("ws://127.evil.example", true).ok);
});

choice("whyNoConnection() refuses what cannot be a node of a fleet", () => {
  const login = { kind: "none" } as const;
  const why = (node: string): string | null =>
    whyNoConnection({ url: "ws://host", prefix: "db.migrate", login, fleet: { node } }, false);
  assert.is(why("phone-1"), null);
  assert.match(why("Phone 1") ?? "", "The name of a node needs 1 to 64 characters");
});

choice.run();
