import { describe, expect, it } from 'vitest';
import { isAllowedRequest, webPreferences } from './security';

describe('requests of the window', () => {
  it.each(['regio-app://app/index.html', 'blob:regio-app://app/0-1', 'data:image/png;base64,AA=='])(
    'lets %s through',
    (url) => expect(isAllowedRequest(url, true)).toBe(true),
  );
  it.each([
    'https://example.org/',
    'http://127.0.0.1:8042/',
    'ws://127.0.0.1/',
    'file:///etc/passwd',
    'ftp://example.org/',
    'regio-app://application/x.js',
    'blob:https://example.org/0-1',
    'devtools://devtools/bundled/inspector.html',
    'chrome-extension://x/y',
  ])('blocks %s in the packaged program', (url) => expect(isAllowedRequest(url, true)).toBe(false));
  it('lets developer tools load while developing', () => {
    expect(isAllowedRequest('devtools://devtools/bundled/inspector.html', false)).toBe(true);
  });
});

it('gives the window no Node and a sandbox', () => {
  expect(webPreferences('/p.cjs', true)).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webviewTag: false,
    webSecurity: true,
    devTools: false,
  });
});
