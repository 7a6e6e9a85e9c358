import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentSecurityPolicy, createResponder, requestedPath } from './protocol';

let base: string;
let root: string;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'regio-protocol-'));
  root = join(base, 'renderer');
  mkdirSync(join(root, 'assets'), { recursive: true });
  writeFileSync(join(root, 'index.html'), '<!doctype html>');
  writeFileSync(join(root, 'assets', 'a b.js'), '1');
  writeFileSync(join(root, 'assets', 'secret.key'), 'k');
  writeFileSync(join(base, 'outside.js'), 'outside');
  symlinkSync(join(base, 'outside.js'), join(root, 'assets', 'link.js'));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const get = (url: string, method = 'GET') => createResponder(root, () => {})({ method, url });

describe('the app scheme', () => {
  it('serves files of the renderer folder with the policy', async () => {
    const page = await get('regio-app://app/');
    expect(page.status).toBe(200);
    expect(Buffer.from(page.body).toString()).toBe('<!doctype html>');
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toBe(contentSecurityPolicy);
    expect(page.headers['x-content-type-options']).toBe('nosniff');
    const script = await get('regio-app://app/assets/a%20b.js?v=1#x');
    expect([script.status, script.headers['content-type']]).toEqual([200, 'text/javascript; charset=utf-8']);
  });

  it.each([
    'regio-app://app/../outside.js',
    'regio-app://app/%2e%2e/outside.js',
    'regio-app://app/..%2foutside.js',
    'regio-app://app/assets/..%2f..%2foutside.js',
    'regio-app://app/..%5coutside.js',
    'regio-app://app/%00index.html',
    'regio-app://app/C:/outside.js',
    'regio-app://app/assets/link.js',
    'regio-app://app/%E0%A4%A',
    'regio-app://other/index.html',
    'file:///etc/passwd',
    'not a url',
    'regio-app://app/assets',
    'regio-app://app/assets/secret.key',
  ])('gives nothing for %s', async (url) => {
    const answer = await get(url);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(Buffer.from(answer.body).toString()).not.toContain('outside.js');
    expect(answer.headers['content-security-policy']).toBe(contentSecurityPolicy);
  });

  it('takes no method but GET and HEAD', async () => {
    expect((await get('regio-app://app/index.html', 'POST')).status).toBe(405);
  });

  it('names the page for the bare origin', () => {
    expect(requestedPath('regio-app://app')).toBe('index.html');
    expect(requestedPath('regio-app://app/a/b.css')).toBe('a/b.css');
  });

  it('has a policy without eval, inline script or any network', () => {
    expect(contentSecurityPolicy).toContain("default-src 'none'");
    expect(contentSecurityPolicy).not.toMatch(/'unsafe-eval'|https?:|ws:|\*/);
    expect(/script-src ([^;]*)/.exec(contentSecurityPolicy)?.[1]).not.toContain('unsafe-inline');
  });
});
