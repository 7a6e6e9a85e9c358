import { describe, expect, it } from 'vitest';
import { parseCommandLine } from './command-line';

describe('the command line', () => {
  it('skips what Electron, Chromium and a test driver put there', () => {
    const argv = [
      '/e/electron',
      '-r',
      '/pw/loader.js',
      '--inspect=0',
      '--remote-debugging-port=0',
      '.',
      'a.dcm',
    ];
    expect(parseCommandLine(argv, '/app', '/app').paths).toEqual(['/app/a.dcm']);
    expect(parseCommandLine([...argv, '--no-sandbox', '--demo'], '/app', '/app').demo).toBe(true);
  });
  it('makes paths absolute and reads the demo switches', () => {
    const read = parseCommandLine(
      ['regio', '--demo-headless', '--out=out/demo', 'x/y.nrrd', '/z'],
      null,
      '/home',
    );
    expect(read).toEqual({
      demo: false,
      demoHeadless: true,
      out: '/home/out/demo',
      paths: ['/home/x/y.nrrd', '/z'],
    });
    expect(parseCommandLine(['regio'], null, '/').out).toBeNull();
  });
});
