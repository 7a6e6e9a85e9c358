import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { expect, it } from 'vitest';
import { found, madeSeries, servicesHarness } from '../../test-support/services-harness';

/** RELIABILITY D1, a smaller seeded version: the real services and store in a process, killed while it reviews. */
const kills = 12;

it(`kill -9 at ${kills} points of a review loses and doubles no acknowledged decision`, async () => {
  const built = mkdtempSync(join(tmpdir(), 'regio-reviewer-'));
  const h = servicesHarness({ detect: () => found(0.9, 0.8) });
  try {
    await build({
      configFile: false,
      logLevel: 'error',
      build: {
        outDir: built,
        target: 'node16',
        ssr: join(__dirname, '../../test-support/reviewer-process.ts'),
        rollupOptions: { external: ['libsql'], output: { format: 'cjs', entryFileNames: 'reviewer.cjs' } },
      },
      ssr: { noExternal: true, external: ['libsql'] },
    });
    const [studyId] = await h.importSeries(madeSeries());
    const findings = (await h.ask('studies.open', { studyId: studyId! })).findings.map((f) => f.findingId);
    const acknowledged: string[] = [];
    for (let kill = 0; kill < kills; kill++) {
      h.store.close();
      const child = fork(join(built, 'reviewer.cjs'), [h.folder, studyId!, ...findings], {
        execArgv: [],
        env: { ...process.env, NODE_PATH: join(__dirname, '../../node_modules') },
      });
      child.on('message', (comment) => acknowledged.push(String(comment)));
      // After 1, 3, 5 ... acknowledged decisions, somewhere in the middle of the next.
      const enough = acknowledged.length + 2 * kill + 1;
      while (acknowledged.length < enough) await once(child, 'message');
      child.kill('SIGKILL');
      await once(child, 'close');
      await h.restart('killed');
    }
    const stored = h.store
      .reviewEvents(studyId!)
      .map(({ action }) => (action.type === 'commented' ? action.comment : action.type));
    expect(acknowledged.length).toBeGreaterThanOrEqual(kills ** 2);
    expect(new Set(stored).size).toBe(stored.length);
    expect(acknowledged.filter((comment) => !stored.includes(comment))).toEqual([]);
    // At most the one decision under way at each kill was written without being heard of.
    expect(stored.length - acknowledged.length).toBeLessThanOrEqual(kills);
    expect(h.store.verifyAudit().problems).toEqual([]);
    const shown = (await h.ask('studies.open', { studyId: studyId! })).findings.map(
      (f) => f.decision.comment,
    );
    expect(shown).toContain(stored[stored.length - 1]);
  } finally {
    await h.end();
    rmSync(built, { recursive: true, force: true });
  }
});
