import { expect, test } from 'vitest';
import { displayFrom, xvfbArguments } from './xvfb.mjs';

test('the display is known only once its line is whole', () => {
  expect(displayFrom('')).toBeNull();
  expect(displayFrom('1')).toBeNull();
  expect(displayFrom('12\n')).toBe(':12');
  expect(displayFrom('oops\n')).toBeNull();
});

test('Xvfb chooses the number itself and listens on no network', () => {
  const args = xvfbArguments({ width: 800, height: 600 });
  expect(args.join(' ')).toContain('-displayfd 3');
  expect(args.join(' ')).toContain('-screen 0 800x600x24');
  expect(args.join(' ')).toContain('-nolisten tcp');
  expect(args.some((arg) => arg.startsWith(':'))).toBe(false);
});
