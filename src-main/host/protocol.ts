import { readFile, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import type { SchemeResponder, SchemeResponse } from './electron-compat';

export const appScheme = 'regio-app';
export const appHost = 'app';
export const appOrigin = `${appScheme}://${appHost}`;
export const appPage = `${appOrigin}/index.html`;

/** Standard: has an origin, so that module scripts, workers and relative URLs work. Never bypasses CSP. */
export const schemePrivileges = {
  scheme: appScheme,
  privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
} as const;

/**
 * Only our own files, no eval, no network. `blob:` workers and images are made by the viewer; WebAssembly is
 * compiled, never downloaded; inline style attributes are what Svelte writes for positions and sizes.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "frame-src 'none'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const mimeTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
};

const headers = (contentType: string): Record<string, string> => ({
  'content-type': contentType,
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
});

const refusal = (status: number, text: string): SchemeResponse => ({
  status,
  headers: headers('text/plain; charset=utf-8'),
  body: Buffer.from(text),
});

/** Serves the files of `folder`, and nothing outside it: neither by `..`, by encoding, nor by a symbolic link. */
export function createResponder(folder: string, log: (line: string) => void): SchemeResponder {
  return async ({ method, url }) => {
    if (method !== 'GET' && method !== 'HEAD') return refusal(405, 'method not allowed');
    const path = requestedPath(url);
    if (path === null) {
      log('protocol: refused a path');
      return refusal(400, 'bad request');
    }
    try {
      const root = await realpath(folder);
      const file = await realpath(join(root, path));
      if (!file.startsWith(root + sep)) {
        log('protocol: refused a path outside the renderer folder');
        return refusal(403, 'forbidden');
      }
      const type = mimeTypes[extname(file).toLowerCase()];
      if (!type) return refusal(403, 'forbidden');
      return { status: 200, headers: headers(type), body: await readFile(file) };
    } catch {
      return refusal(404, 'not found');
    }
  };
}

/** Path below the renderer folder, or null where it is not a plain one of ours. Exported for its tests. */
export function requestedPath(url: string): string | null {
  let path: string;
  try {
    const parsed = new URL(url);
    if (parsed.protocol !== `${appScheme}:` || parsed.host !== appHost) return null;
    path = decodeURIComponent(parsed.pathname);
  } catch {
    return null;
  }
  // eslint-disable-next-line no-control-regex -- control characters are what is refused here
  if (/[\\:\x00-\x1f]/.test(path)) return null;
  if (path.split('/').some((part) => part === '..' || part === '.')) return null;
  return path === '/' || path === '' ? 'index.html' : path.slice(1);
}
