import { describe, expect, it } from 'vitest';
import { captureCli } from '../../test-support/captured-cli';

const commands = [
  ['inspect'],
  ['detect'],
  ['import'],
  ['studies'],
  ['export'],
  ['evaluate', 'coco'],
  ['train'],
  ['models', 'list'],
  ['models', 'verify'],
  ['demo'],
];

describe('regio', () => {
  it('explains itself with exit codes and an example', async () => {
    const { code, out, err } = await captureCli(['--help']);
    expect([code, err]).toEqual([0, '']);
    for (const [name] of commands) expect(out).toContain(`  ${name} `);
    expect(out).toMatch(/Exit codes:[\s\S]*Example:/);
  });

  it.each(commands)('%s %s has help with --json and an example', async (...command) => {
    const { code, out } = await captureCli([...command.filter(Boolean), '--help']);
    expect(code).toBe(0);
    expect(out).toContain('--json');
    expect(out).toContain(`Example:\n  $ regio ${command.filter(Boolean).join(' ')}`);
  });

  it('prints its version', async () => {
    expect((await captureCli(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    [[]],
    [['frobnicate']],
    [['inspect']],
    [['inspect', '--bogus', 'x']],
    [['export', '--case', 'x']],
    [['export', '--case', 'x', '--out', 'o', '--format', 'docx']],
    [['evaluate', 'coco']],
    [['train']],
  ])('answers %j with usage on stderr and exit code 2', async (argv) => {
    const { code, out, err } = await captureCli(argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).not.toBe('');
    if (argv.length > 0) {
      const json = await captureCli([...argv, '--json']);
      expect(json.code).toBe(2);
      expect(JSON.parse(json.err)).toMatchObject({ error: { code: 'request.invalid' } });
    }
  });
});
