import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isVolumeRecipe, readVolumeRecipe } from '../training3d/recipe3d';
import { validateHeldOut } from '../training3d/validate3d';
import { readRecipe } from './recipe';

const folder = join(__dirname, '..', '..', '..', 'models', 'recipes');

const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.json'));
const isMarks = (file: string): boolean => file.endsWith('.held-out.json');

describe('the recipes that come with the program', () => {
  it.each(files.filter((f) => !isMarks(f)))('%s can be read', async (name) => {
    const file = join(folder, name);
    const recipe = (await isVolumeRecipe(file)) ? await readVolumeRecipe(file) : await readRecipe(file);
    expect(`${recipe.bundle.id}.json`).toBe(basename(name));
  });

  it.each(files.filter(isMarks))('%s can be read, and its recipe names it', async (name) => {
    const file = join(folder, name);
    const recipe = await readVolumeRecipe(file.replace('.held-out.json', '.json'));
    expect(recipe.data.heldOut).toBe(basename(name));
    const { counts } = (await validateHeldOut(file)).evaluation;
    expect(counts.series).toBeGreaterThan(0);
    expect(counts.lesions).toBeGreaterThan(0);
  });
});
