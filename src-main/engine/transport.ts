import type { EngineReply, EngineRequest } from '../contract/engine-protocol';

/**
 * One engine process as the client sees it. Made anew for each start. Messages are structured clones
 * (ArrayBuffers stay ArrayBuffers). `onExit` is called once, whatever ended the process.
 */
export interface EngineTransport {
  post(message: EngineRequest): void;
  onMessage(listener: (message: EngineReply) => void): void;
  onExit(listener: (reason: string) => void): void;
  kill(): void;
}
