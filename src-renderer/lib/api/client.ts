import type { RegioBridge } from '../../../src-main/contract/bridge';
import type {
  EndpointInput,
  EndpointName,
  EndpointOutput,
  EventName,
  EventPayload,
} from '../../../src-main/contract/endpoints';
import { AppError } from '../../../src-main/core/app-error';

declare global {
  interface Window {
    readonly regio: RegioBridge;
  }
}

/** Asks main. @throws AppError with main's message and hint. */
export async function invoke<N extends EndpointName>(
  name: N,
  ...input: undefined extends EndpointInput<N> ? [] : [EndpointInput<N>]
): Promise<EndpointOutput<N>> {
  const reply = await window.regio.invoke(name, input[0] as EndpointInput<N>);
  if (!reply.ok)
    throw new AppError(reply.error.code, reply.error.message, reply.error.hint, reply.error.details);
  return reply.value as EndpointOutput<N>;
}

/** Listens to main; the answer stops listening. */
export function listen<N extends EventName>(
  name: N,
  listener: (payload: EventPayload<N>) => void,
): () => void {
  return window.regio.on(name, listener);
}

/** Absolute paths of dropped files and folders; what has no path (text, a picture out of a browser) is left out. */
export function droppedPaths(transfer: DataTransfer): string[] {
  return [...transfer.files].map((file) => window.regio.pathForFile(file)).filter((path) => path !== '');
}
