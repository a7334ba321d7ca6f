// What a NATS server can do, for a diagnosis. Runs anywhere.

import { connectOnce, describeNatsError, type NatsSettings } from "./connection.ts";

/** A server that was reached, or why it was not. */
export type ServerFeatures =
  | { readonly reached: true; readonly version: string; readonly jetStream: boolean }
  | { readonly reached: false; readonly reason: string };

/** Connects, looks, and closes the connection. */
export async function serverFeatures(settings: NatsSettings): Promise<ServerFeatures> {
  try {
    const connection = await connectOnce(settings);
    try {
      const jetStream = await connection.jetstreamManager().then(() => true, () => false);
      return { reached: true, version: connection.info?.version ?? "unknown", jetStream };
    } finally {
      await connection.close();
    }
  } catch (error) {
    return { reached: false, reason: describeNatsError(error) };
  }
}
