'use strict';
/* eslint-disable @typescript-eslint/no-require-imports -- Electron 22 loads CommonJS only */
/*
 * What `electron <path>` runs in the fallback Electron, whose carrier ships another application in its place. The same duties
 * as Electron's own default_app: take `-r module` (Playwright's loader comes this way), then become the application at <path>.
 */
const fs = require('fs');
const path = require('path');
const Module = require('module');
const { app } = require('electron');

Object.defineProperty(process, 'defaultApp', { configurable: false, enumerable: true, value: true });

const args = process.argv.slice(1);
const preload = [];
let target = null;
for (let i = 0; i < args.length && target === null; i++) {
  if (args[i] === '-r' || args[i] === '--require') preload.push(args[++i]);
  else if (args[i] === '-v' || args[i] === '--version') {
    process.stdout.write(`v${process.versions.electron}\n`);
    process.exit(0);
  } else if (!args[i].startsWith('-')) target = path.resolve(args[i]);
}
if (preload.length > 0) Module._preloadModules(preload);

function fail(message) {
  process.stderr.write(`electron: ${message}\n`);
  process.exit(1);
}

function load(location) {
  let entry = location;
  if (fs.statSync(location).isDirectory()) {
    const manifest = JSON.parse(fs.readFileSync(path.join(location, 'package.json'), 'utf8'));
    app.setVersion(manifest.version || '0.0.0');
    app.setName(manifest.productName || manifest.name || 'electron');
    app.setAppPath(location);
    entry = path.join(location, manifest.main || 'index.js');
  }
  Module._load(entry, Module, true);
}

if (target === null) fail('name the application folder to run, for example: electron .');
else if (!fs.existsSync(target)) fail(`there is no application at ${target}`);
else load(target);
