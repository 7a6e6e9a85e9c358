#!/usr/bin/env node
/* What the shipped polyp model gains from a clinic's cases, and what it loses elsewhere (docs/fine-tuning.md). */
import { join } from 'node:path';
import { bundle } from './lib/bundle.mjs';
import { fromRoot } from '../scripts/lib/paths.mjs';
import { mustRun } from '../scripts/lib/run.mjs';

const [learn = '40', epochs = '10', model = fromRoot('models', 'colonoscopy-polyp')] = process.argv.slice(2);
const data = join(fromRoot('..', 'shared', 'data'), 'polyp-kvasir-seg');
const measure = await bundle('fine-tuning', 'fine-tuning/measure.ts');
const args = [measure, model, data, fromRoot('out', 'bench', 'fine-tuning'), learn, epochs];
await mustRun('fine-tuning', process.execPath, args, { stdio: 'inherit' });
