import type { EngineReply } from '../contract/engine-protocol';
import type { EnginePort } from './server';

/** Electron's utility process has `process.parentPort`; this file must not import electron, so its shape is said here. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

/**
 * The wire of this process: parentPort under Electron's utilityProcess, process.send under child_process.fork with
 * `serialization: 'advanced'` (ArrayBuffers stay what they are). When the parent goes, this process goes.
 *
 * @throws Error when started by hand.
 */
export function processPort(): EnginePort {
  const exit = (): void => process.exit(0);
  const parentPort = (process as unknown as { parentPort?: ParentPort }).parentPort;
  if (parentPort) {
    return {
      post: (message) => parentPort.postMessage(message),
      onMessage: (listener) => parentPort.on('message', (event) => listener(event.data)),
      exit,
    };
  }
  if (!process.send) throw new Error('The engine is started by Regio, not by hand.');
  process.once('disconnect', exit);
  return {
    // A parent that went away between two messages is no error: 'disconnect' ends this process.
    post: (message: EngineReply) => void process.send?.(message, undefined, undefined, () => undefined),
    onMessage: (listener) => process.on('message', listener),
    exit,
  };
}
