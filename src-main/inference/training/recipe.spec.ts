import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isVolumeRecipe, readVolumeRecipe } from '../training3d/recipe3d';
import { readRecipe } from './recipe';

const folder = join(__dirname, '..', '..', '..', 'models', 'recipes');

describe('the recipes that come with the program', () => {
  it.each(readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.json')))(
    '%s can be read',
    async (name) => {
      const file = join(folder, name);
      const recipe = (await isVolumeRecipe(file)) ? await readVolumeRecipe(file) : await readRecipe(file);
      expect(`${recipe.bundle.id}.json`).toBe(basename(name));
    },
  );
});
