import { describe, expect, it, vi } from 'vitest';
import { CommandSet } from '../commands/commands';
import { reviewCommands, type ReviewContext } from './review-commands';

function commandsFor(series: unknown) {
  const showVolume = vi.fn();
  const controls = { playing: false };
  const context = { review: { series, showVolume }, controls } as unknown as ReviewContext;
  return { set: new CommandSet(reviewCommands(context)), showVolume, controls };
}

describe('commands of the review screen', () => {
  it('step through the volumes of a file and stop at both ends', () => {
    const at = (index: number) => commandsFor({ volume: { index, count: 3 }, pixels: { kind: 'volume' } });
    const middle = at(1);
    middle.set.run('view.next-volume');
    middle.set.run('view.previous-volume');
    expect(middle.showVolume.mock.calls).toEqual([[2], [0]]);
    const [first, last] = [at(0), at(2)];
    first.set.run('view.previous-volume');
    last.set.run('view.next-volume');
    expect([first.showVolume, last.showVolume].map((f) => f.mock.calls.length)).toEqual([0, 0]);
    const none = commandsFor({ pixels: { kind: 'volume' } });
    none.set.run('view.next-volume');
    expect(none.showVolume).not.toHaveBeenCalled();
  });

  it('run and stop a loop, and leave what is none alone', () => {
    const loop = commandsFor({ pixels: { kind: 'image', frames: 12 } });
    loop.set.run('view.play');
    expect(loop.controls.playing).toBe(true);
    loop.set.run('view.play');
    expect(loop.controls.playing).toBe(false);
    const still = commandsFor({ pixels: { kind: 'image', frames: 1 } });
    still.set.run('view.play');
    expect(still.controls.playing).toBe(false);
  });
});
