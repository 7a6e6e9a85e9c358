import { run } from './run.mjs';
import { SetupError } from './setup-error.mjs';

let found;

/** The first Python 3 with pip; only its `pip download` is used, nothing is installed into it. */
export async function findPython() {
  if (found) return found;
  for (const command of ['python3', 'python']) {
    const { code, output } = await run(command, ['-m', 'pip', '--version']);
    const version = /^pip (\d+)\.(\d+)/m.exec(output);
    if (code === 0 && version) {
      found = { command, pip: [Number(version[1]), Number(version[2])] };
      return found;
    }
  }
  throw new SetupError(
    'Python 3 with pip was not found',
    'Install it: apt-get install -y python3 python3-pip',
  );
}
