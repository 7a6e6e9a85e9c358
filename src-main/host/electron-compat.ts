/**
 * Every difference between the Electron we build for (45) and the one we can fall back to (22.3.25,
 * docs/adr/0001-electron-with-a-fallback.md). Electron's parts are arguments, so that the tests run both branches
 * and preload and main share the file.
 */

export interface SchemeRequest {
  readonly method: string;
  readonly url: string;
}
export interface SchemeResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}
export type SchemeResponder = (request: SchemeRequest) => Promise<SchemeResponse>;

interface BufferProtocolResponse {
  statusCode: number;
  headers: Record<string, string>;
  mimeType?: string;
  data: Buffer;
}

/** The parts of Electron's `protocol` that serve a scheme; `handle` came with Electron 25. */
export interface SchemeHost {
  handle?(scheme: string, handler: (request: SchemeRequest) => Promise<Response>): void;
  registerBufferProtocol?(
    scheme: string,
    handler: (request: SchemeRequest, callback: (response: BufferProtocolResponse) => void) => void,
  ): boolean;
}

/** Answers each request of `scheme`; `respond` must not reject. */
export function serveScheme(protocol: SchemeHost, scheme: string, respond: SchemeResponder): void {
  if (protocol.handle) {
    protocol.handle(scheme, async (request) => {
      const { status, headers, body } = await respond({ method: request.method, url: request.url });
      return new Response(Buffer.from(body), { status, headers: { ...headers } });
    });
    return;
  }
  protocol.registerBufferProtocol?.(scheme, (request, callback) => {
    void respond({ method: request.method, url: request.url }).then(({ status, headers, body }) => {
      const mimeType = headers['content-type']?.split(';')[0];
      callback({
        statusCode: status,
        headers: { ...headers },
        ...(mimeType && { mimeType }),
        data: Buffer.from(body.buffer, body.byteOffset, body.byteLength),
      });
    });
  });
}

/** `webUtils` came with Electron 29; `File.path` went with 32. */
export interface FilePathSource {
  getPathForFile(file: File): string;
}

/** Absolute path of a file the person dropped; empty for one made by script. */
export function pathOfFile(webUtils: FilePathSource | undefined, file: File): string {
  if (webUtils) return webUtils.getPathForFile(file);
  const path: unknown = (file as File & { path?: unknown }).path;
  return typeof path === 'string' ? path : '';
}

/** What a blocked navigation is called: Electron 25 added the event that sub-frames raise too. */
export function navigationEvents(electronVersion: string): readonly string[] {
  const always = ['will-navigate', 'will-redirect'];
  return majorVersion(electronVersion) >= 25 ? [...always, 'will-frame-navigate'] : always;
}

/**
 * From Electron 26 on the details stand in the event object, before that the second argument is the URL.
 */
export function navigationUrl(event: object, secondArgument: unknown): string {
  if ('url' in event && typeof event.url === 'string') return event.url;
  return typeof secondArgument === 'string' ? secondArgument : '';
}

export function majorVersion(version: string): number {
  const major = Number.parseInt(version, 10);
  return Number.isNaN(major) ? 0 : major;
}
