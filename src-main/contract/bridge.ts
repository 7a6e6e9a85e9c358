import { z } from 'zod';
import { appError } from './entities';
import type { EndpointInput, EndpointName, EndpointOutput, EventName, EventPayload } from './endpoints';

/** An invoke never rejects across the bridge: Electron would flatten the error to a string. */
export const reply = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: appError }),
]);
export type Reply = z.infer<typeof reply>;

/** What preload puts on `window.regio`: as small as it can be. */
export interface RegioBridge {
  invoke<N extends EndpointName>(
    name: N,
    input: EndpointInput<N>,
  ): Promise<Reply & { value?: EndpointOutput<N> }>;
  on<N extends EventName>(name: N, listener: (payload: EventPayload<N>) => void): () => void;
  /** Absolute path of a dropped file (webUtils.getPathForFile; `File.path` on older Electron). */
  pathForFile(file: unknown): string;
}
