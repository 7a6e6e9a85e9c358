#!/usr/bin/env node
/* `npm start`: set up, then the window on the demo worklist, or, where there is no display, the same road headless. */
import { isRoot, launch } from './lib/electron-launch.mjs';
import { startXvfb } from './lib/xvfb.mjs';
import { explain, hasDisplay, setup } from './setup.mjs';

/** Without a desktop Chromium complains about the session bus and the graphics card; neither matters to the demo. */
const quietChromium = ['--log-level=3'];

const say = (text) => process.stdout.write(`start: ${text}\n`);

async function main(args) {
  await setup();
  if (isRoot()) say('running as root: Chromium needs --no-sandbox then; use another user for real work');
  if (hasDisplay()) return launch(['--demo', ...args], { software: false });

  const { display, stop } = await startXvfb();
  say(`no display: running the demo headless on a virtual one (${display}); results go to out/demo`);
  try {
    return await launch(['--demo-headless', '--out=out/demo', ...quietChromium, ...args], {
      software: true,
      env: { DISPLAY: display },
    });
  } finally {
    await stop();
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = explain(error, 'start');
}
