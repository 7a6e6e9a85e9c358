import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { writeMadeCt } from '../fixtures/dicom';
import { chromiumSwitches, cleanEnv, electronPath, root } from '../fixtures/electron';
import { folderEnv, type TestFolders } from '../fixtures/regio-app';
import { expect, test } from '../fixtures/test';
import { WorklistPage } from '../pages/worklist-page';

function finished(
  command: string,
  args: string[],
  folders: TestFolders,
): Promise<{ code: number | null; text: string }> {
  const child = spawn(command, args, { cwd: root, env: cleanEnv(folderEnv(folders)) });
  let text = '';
  child.stdout.on('data', (data: Buffer) => (text += data.toString()));
  child.stderr.on('data', (data: Buffer) => (text += data.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, text })));
}

test('a second start hands its paths over and steps aside', async ({ regio, folders }) => {
  const { folder } = writeMadeCt(join(folders.base, 'ct'), 3);
  const second = await finished(electronPath(), ['.', ...chromiumSwitches, folder], folders);
  expect(second.code).toBe(0);
  expect(second.text).toContain('already open');
  await expect(new WorklistPage(regio).row('Made, Phantom')).toBeVisible();
  expect(regio.electron.windows()).toHaveLength(1);
});

test('the command line says that the window has the data folder', async ({ regio, folders }) => {
  expect((await regio.invoke('app.info', undefined)).dataFolder).toBe(folders.data);
  const cli = await finished(process.execPath, [join(root, 'dist', 'main', 'cli.cjs'), 'studies'], folders);
  expect(cli.code).toBe(3);
  expect(cli.text).toContain('already open on this data folder');
});
