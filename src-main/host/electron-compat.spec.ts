import { describe, expect, it, vi } from 'vitest';
import {
  majorVersion,
  navigationEvents,
  navigationUrl,
  pathOfFile,
  serveScheme,
  type SchemeHost,
  type SchemeResponder,
} from './electron-compat';

const respond: SchemeResponder = (request) =>
  Promise.resolve({
    status: request.url.endsWith('/missing') ? 404 : 200,
    headers: { 'content-type': 'text/html; charset=utf-8', 'x-seen': request.method },
    // A view into a larger buffer: only the viewed bytes may go out.
    body: new Uint8Array(Buffer.from('--page--')).subarray(2, 6),
  });

describe('serving a scheme', () => {
  it('uses protocol.handle where Electron has it', async () => {
    const handle = vi.fn<NonNullable<SchemeHost['handle']>>();
    const registerBufferProtocol = vi.fn<NonNullable<SchemeHost['registerBufferProtocol']>>();
    serveScheme({ handle, registerBufferProtocol }, 'regio-app', respond);
    expect(registerBufferProtocol).not.toHaveBeenCalled();
    const [scheme, handler] = handle.mock.calls[0]!;
    expect(scheme).toBe('regio-app');
    const answer = await handler({ method: 'GET', url: 'regio-app://app/' });
    expect([answer.status, answer.headers.get('x-seen'), await answer.text()]).toEqual([200, 'GET', 'page']);
    expect((await handler({ method: 'GET', url: 'regio-app://app/missing' })).status).toBe(404);
  });

  it('uses registerBufferProtocol on Electron 22', async () => {
    const registerBufferProtocol = vi.fn<NonNullable<SchemeHost['registerBufferProtocol']>>(() => true);
    serveScheme({ registerBufferProtocol }, 'regio-app', respond);
    const [scheme, handler] = registerBufferProtocol.mock.calls[0]!;
    expect(scheme).toBe('regio-app');
    const answer = await new Promise<{ statusCode: number; mimeType?: string; data: Buffer }>((resolve) => {
      handler({ method: 'GET', url: 'regio-app://app/' }, resolve);
    });
    expect(answer).toMatchObject({ statusCode: 200, mimeType: 'text/html', headers: { 'x-seen': 'GET' } });
    expect(answer.data.toString()).toBe('page');
  });
});

describe('the path of a dropped file', () => {
  const file = Object.assign(new File(['x'], 'a.dcm'), { path: '/old/a.dcm' });
  it('comes from webUtils where Electron has it', () => {
    expect(pathOfFile({ getPathForFile: () => '/new/a.dcm' }, file)).toBe('/new/a.dcm');
  });
  it('comes from File.path on Electron 22, and is empty for a file made by script', () => {
    expect(pathOfFile(undefined, file)).toBe('/old/a.dcm');
    expect(pathOfFile(undefined, new File(['x'], 'b.dcm'))).toBe('');
  });
});

describe('navigation events', () => {
  it('covers sub-frames where Electron raises an event for them', () => {
    expect(navigationEvents('45.4.1')).toContain('will-frame-navigate');
    expect(navigationEvents('22.3.25')).toEqual(['will-navigate', 'will-redirect']);
    expect(majorVersion('')).toBe(0);
  });
  it('reads the URL of the event object or of the second argument', () => {
    expect(navigationUrl({ url: 'https://a/' }, undefined)).toBe('https://a/');
    expect(navigationUrl({}, 'https://b/')).toBe('https://b/');
    expect(navigationUrl({}, undefined)).toBe('');
  });
});
