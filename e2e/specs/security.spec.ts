import { request } from 'node:http';
import { createServer } from 'node:net';
import { expect, test } from '../fixtures/test';

test('the page has no Node, a sandbox and the policy that is committed', async ({ regio }) => {
  const { page, electron } = regio;
  const globals = await page.evaluate(() => [
    typeof (globalThis as { require?: unknown }).require,
    typeof (globalThis as { process?: { versions?: unknown } }).process?.versions,
    typeof (globalThis as { Buffer?: unknown }).Buffer,
    Object.keys((globalThis as unknown as { regio: object }).regio)
      .sort()
      .join(),
  ]);
  expect(globals).toEqual(['undefined', 'undefined', 'undefined', 'invoke,on,pathForFile']);

  const preferences = await electron.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]!.webContents as unknown as {
      getLastWebPreferences(): Record<string, unknown>;
    };
    const { sandbox, contextIsolation, nodeIntegration, webviewTag, webSecurity } =
      contents.getLastWebPreferences();
    return { sandbox, contextIsolation, nodeIntegration, webviewTag, webSecurity };
  });
  expect(preferences).toEqual({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webviewTag: false,
    webSecurity: true,
  });

  const policy = await page.evaluate(async () =>
    (await fetch(location.href)).headers.get('content-security-policy'),
  );
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("connect-src 'self'");
  const ran = await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.inlineRan = true';
    document.body.append(script);
    return (window as { inlineRan?: boolean }).inlineRan ?? false;
  });
  expect(ran, 'an inline script').toBe(false);
  // Later than this call: what the driver itself evaluates is exempt from the policy.
  const evaluated = await page.evaluate(
    () =>
      new Promise((done) =>
        setTimeout(() => {
          try {
            done(new Function('return "ran"')());
          } catch (error) {
            done((error as Error).name);
          }
        }),
      ),
  );
  expect(evaluated).toBe('EvalError');
});

test('the page can go nowhere, open nothing and is permitted nothing', async ({ regio }) => {
  const { page } = regio;
  const before = page.url();
  await page.evaluate(() => {
    location.href = 'https://example.org/';
  });
  await expect.poll(() => regio.log().some(({ msg }) => msg === 'navigation blocked')).toBe(true);
  expect(page.url()).toBe(before);

  expect(await page.evaluate(() => window.open('https://example.org/') === null)).toBe(true);
  expect(await page.evaluate(() => window.open('regio-app://app/index.html') === null)).toBe(true);
  expect(regio.electron.windows()).toHaveLength(1);

  const answers = await page.evaluate(async () => {
    const refusal = (work: Promise<unknown>) => work.then(String, (error: Error) => error.name);
    return {
      notification: await Notification.requestPermission(),
      position: await new Promise((done) =>
        navigator.geolocation.getCurrentPosition(
          () => done('given'),
          ({ code }) => done(code === GeolocationPositionError.PERMISSION_DENIED ? 'denied' : 'other'),
        ),
      ),
      clipboard: await refusal(navigator.clipboard.readText()),
    };
  });
  expect(answers).toMatchObject({ notification: 'denied', position: 'denied', clipboard: 'NotAllowedError' });
});

test('the page opens no socket and reads no file', async ({ regio }) => {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  // The server does hear what reaches it.
  await new Promise<void>((done) =>
    request({ port })
      .once('error', () => done())
      .end(),
  );
  expect(connections).toBe(1);
  try {
    const outcomes = await regio.page.evaluate(async (target) => {
      const web = `127.0.0.1:${target}`;
      const load = (
        tag: 'img' | 'script' | 'link' | 'iframe' | 'object' | 'audio',
        attribute: string,
        url: string,
      ) =>
        new Promise<string>((done) => {
          const node = document.createElement(tag);
          // A blocked frame loads an error page and says so: for it only the policy's own event counts.
          if (tag !== 'iframe') node.addEventListener('load', () => done('loaded'));
          node.addEventListener('error', () => done('refused'));
          if (tag === 'link') node.setAttribute('rel', 'stylesheet');
          document.addEventListener('securitypolicyviolation', () => done('refused'), { once: true });
          node.setAttribute(attribute, url);
          document.body.append(node);
        });
      const told = (work: Promise<unknown>) =>
        work.then(
          () => 'loaded',
          () => 'refused',
        );
      const socket = (url: string) =>
        new Promise<string>((done) => {
          try {
            const opened = new WebSocket(url);
            opened.addEventListener('open', () => done('loaded'));
            opened.addEventListener('error', () => done('refused'));
          } catch {
            done('refused');
          }
        });
      return {
        fetch: await told(fetch(`http://${web}/`)),
        opaque: await told(fetch(`http://${web}/`, { mode: 'no-cors' })),
        file: await told(fetch('file:///etc/hostname')),
        outside: (await fetch('regio-app://app/..%2f..%2fpackage.json')).status,
        otherHost: await told(fetch('regio-app://other/index.html')),
        beacon: navigator.sendBeacon(`http://${web}/`, 'x') ? 'sent or refused later' : 'refused',
        socket: await socket(`ws://${web}/`),
        image: await load('img', 'src', `http://${web}/x.png`),
        script: await load('script', 'src', `http://${web}/x.js`),
        style: await load('link', 'href', `http://${web}/x.css`),
        frame: await load('iframe', 'src', `http://${web}/`),
        object: await load('object', 'data', 'file:///etc/hostname'),
        worker: await told(
          new Promise((done, fail) => {
            const worker = new Worker(
              URL.createObjectURL(
                new Blob([`fetch('http://${web}/').then(()=>postMessage(1),()=>postMessage(0))`]),
              ),
            );
            worker.onmessage = ({ data }) => (data ? done(1) : fail(new Error('refused')));
            worker.onerror = () => fail(new Error('refused'));
          }),
        ),
      };
    }, port);
    const { outside, beacon: _beacon, ...rest } = outcomes;
    expect(outside).toBe(400);
    expect(new Set(Object.values(rest))).toEqual(new Set(['refused']));
    expect(connections).toBe(1);
  } finally {
    server.close();
  }
});

test('script in the page cannot name files to import, or a folder to write to', async ({ regio }) => {
  expect(await regio.reply('import.paths', { paths: ['/etc/hostname'] })).toMatchObject({ ok: false });
  expect(
    await regio.page.evaluate(() => {
      const { regio } = window as unknown as { regio: { pathForFile(file: unknown): string } };
      const made = new File(['x'], 'x.dcm');
      Object.defineProperty(made, 'path', { value: '/etc/hostname' });
      return [regio.pathForFile(made), regio.pathForFile({ path: '/etc/hostname' })];
    }),
  ).toEqual(['', '']);
  expect(
    await regio.reply('export.start', { studyId: 'x', formats: ['csv'], folder: regio.folders.base }),
  ).toMatchObject({ ok: false, error: { code: 'request.invalid', details: { field: 'folder' } } });
  expect(await regio.jobs('import')).toEqual([]);
});

test('garbage on the invoke channel is refused by schema, and main lives', async ({ regio }) => {
  const unexpected = await regio.page.evaluate(async () => {
    const { invoke } = (
      window as unknown as {
        regio: { invoke(...args: unknown[]): Promise<{ ok: boolean; error?: { code: string } }> };
      }
    ).regio;
    const names = [
      'studies.open',
      'studies.remove',
      'series.readSlices',
      'findings.thumbnails',
      'jobs.cancel',
      'detection.start',
      'review.decide',
      'review.comment',
      'review.add',
      'review.edit',
      'review.undo',
      'review.redo',
      'review.remove',
      'review.merge',
      'review.split',
      'export.reveal',
      'import.paths',
      '__proto__',
      'constructor',
      'no.such',
      '',
      7,
      null,
      {},
      [],
      undefined,
    ];
    // A fixed linear congruential generator: the same messages in each run.
    let state = 20261124;
    const random = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state % below;
    };
    const anything = (depth: number): unknown => {
      switch (random(depth > 3 ? 7 : 10)) {
        case 0:
          return random(1 << 30) - (1 << 29);
        case 1:
          return NaN;
        case 2:
          return null;
        case 3:
          return 'x'.repeat(random(200));
        case 4:
          return random(2) === 1;
        case 5:
          return new Uint8Array(random(64));
        case 6:
          return '../'.repeat(random(9)) + 'etc/passwd';
        case 7:
          return Array.from({ length: random(5) }, () => anything(depth + 1));
        case 8:
          return new Map([[anything(depth + 1), anything(depth + 1)]]);
        default:
          return Object.fromEntries(
            ['studyId', 'findingId', 'seriesId', 'paths', 'indices', 'verdict', 'place', 'size', '__proto__']
              .filter(() => random(2) === 1)
              .map((key) => [key, anything(depth + 1)]),
          );
      }
    };
    const odd: string[] = [];
    for (let n = 0; n < 2000; n++) {
      const name = names[random(names.length)];
      const answer = await invoke(name, anything(0));
      if (answer.ok || !['request.invalid', 'not-found'].includes(answer.error!.code)) {
        odd.push(`${String(name)}: ${JSON.stringify(answer)}`);
      }
    }
    return odd;
  });
  expect(unexpected).toEqual([]);
  expect((await regio.invoke('app.info', undefined)).engine).toBe('ready');
});
