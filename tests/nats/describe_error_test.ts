// describeNatsError(): one line about why NATS failed.

import { ErrorCode, NatsError } from "nats.ws";
import * as assert from "uvu/assert";
import { describeNatsError } from "../../lib/nats/connection.ts";
import { suite } from "../support/suite.ts";

const describe = suite("describeNatsError()");

describe("knows what helps where no server listens", () => {
  const message = "NetworkError: failed to connect to WebSocket: tcp connect error";
  assert.is(
    describeNatsError(new NatsError(message, ErrorCode.Unknown)),
    "tcp connect error; no server listens there",
  );
});

describe("has words where a browser says nothing", () => {
  // What the client makes of a browser's ErrorEvent, which has no message.
  const silent = Object.assign(new NatsError("", ErrorCode.Unknown), { message: undefined });
  assert.is(describeNatsError(silent), "no server answers there, or it does not let this page in");
});

describe.run();
