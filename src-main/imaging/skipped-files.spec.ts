import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ctPhantom } from '../../test-support/phantoms';
import { writeDicomSeries } from '../../test-support/write-dicom';
import { writeNrrd } from '../../test-support/write-grid';
import { seededRandom } from '../core/seeded-random';
import { scanPaths } from './index';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'regio-skipped-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const small = ctPhantom({ dims: [4, 5, 6] });

describe('a folder of good and bad files (F7)', () => {
  it('names each bad one and reads the rest', async () => {
    await writeDicomSeries(at('ct'), ctPhantom({ dims: [8, 8, 4] }));
    writeNrrd(at('ct/good.nrrd'), small);
    writeFileSync(at('ct/letter.docx'), 'PK no archive either');
    writeFileSync(at('ct/wrong.dcm'), 'this is text');
    writeFileSync(at('ct/empty.dcm'), '');
    writeFileSync(at('ct/old.rar'), 'Rar!\x1a\x07\x00');
    mkdirSync(at('ct/x.dcm'));
    mkdirSync(at('ct/y.dcm'));
    writeNrrd(at('ct/y.dcm/inside.nrrd'), ctPhantom({ dims: [3, 3, 3] }));
    symlinkSync(at('ct'), at('ct/loop'));
    symlinkSync(at('nowhere'), at('ct/broken.dcm'));
    execFileSync('mkfifo', [at('ct/pipe.dcm')]);
    const { series, skipped } = await scanPaths([folder]);
    expect(series.map((s) => s.format).sort()).toEqual(['dicom', 'nrrd', 'nrrd']);
    const reasons = Object.fromEntries(skipped.map((s) => [s.file.slice(at('ct/').length), s.reason]));
    expect(reasons).toEqual({
      'letter.docx': expect.stringMatching(/^Not an image that Regio reads/) as string,
      'wrong.dcm': expect.stringMatching(/^wrong\.dcm: /) as string,
      'empty.dcm': 'The file is empty.',
      'old.rar': 'An archive: unpack it first.',
      'x.dcm': 'An empty folder.',
      loop: 'A link to a folder is not followed.',
      'broken.dcm': 'It cannot be read: broken.dcm: it is not there.',
      'pipe.dcm': 'Not a regular file.',
    });
  });

  it('names what it may not read', async () => {
    writeNrrd(at('good.nrrd'), small);
    writeNrrd(at('closed.nrrd'), ctPhantom({ dims: [3, 3, 3] }));
    mkdirSync(at('locked'));
    writeNrrd(at('locked/inside.nrrd'), ctPhantom({ dims: [3, 3, 4] }));
    chmodSync(at('closed.nrrd'), 0);
    chmodSync(at('locked'), 0);
    // Root may read everything: the test steps down to a user that may not.
    const root = process.getuid?.() === 0;
    if (root) {
      chmodSync(folder, 0o755);
      process.seteuid!(65_534);
    }
    try {
      const { series, skipped } = await scanPaths([folder]);
      expect(series.map((s) => s.files)).toEqual([[at('good.nrrd')]]);
      expect(skipped.map((s) => [s.file, s.reason]).sort()).toEqual([
        [at('closed.nrrd'), 'closed.nrrd: no permission to read it'],
        [at('locked'), 'It cannot be read: locked: no permission to read it.'],
      ]);
    } finally {
      if (root) process.seteuid!(0);
      chmodSync(at('locked'), 0o755);
    }
  });
});

describe('500 files, nested and mixed', () => {
  it('end each in a series or in the list, and none twice', async () => {
    const random = seededRandom(11);
    const [slice] = await writeDicomSeries(at('one'), ctPhantom({ dims: [4, 4, 1] }), {
      edit: () => [['00080060', 'CS', 'US']],
    });
    const bytes = readFileSync(slice!);
    rmSync(at('one'), { recursive: true });
    const uidAt = bytes.indexOf('1.2.826.0.1.3680043.8.498.2.1');
    let dicom = 0;
    for (let n = 0; n < 500; n++) {
      const path = at(`${n % 7}/${n % 31}/${n % 3}`);
      mkdirSync(path, { recursive: true });
      if (random() < 0.5) {
        // The last part of the SOP Instance UID, in its 4 bytes: some are there twice.
        bytes.write(String(1000 + (n % 200)), uidAt + '1.2.826.0.1.3680043.8.498.'.length, 'latin1');
        writeFileSync(join(path, `f${n}`), bytes);
        dicom++;
      } else writeFileSync(join(path, `f${n}.txt`), 'notes');
    }
    const { series, skipped } = await scanPaths([folder]);
    const read = series.flatMap((s) => s.files);
    const twice = skipped.filter((s) => /same image/.test(s.reason));
    expect(new Set(read).size).toBe(read.length);
    expect(read.length + twice.length).toBe(dicom);
    expect(skipped.length - twice.length).toBe(500 - dicom);
    expect(new Set([...read, ...skipped.map((s) => s.file)]).size).toBe(500);
  });
});

describe('programs in the preamble (F6)', () => {
  const preambles: readonly (readonly [string, Buffer, RegExp])[] = [
    ['MZ', Buffer.from('MZ\x90\0\x03\0', 'latin1'), /a Windows program/],
    ['ELF', Buffer.from('\x7fELF\x02\x01\x01', 'latin1'), /a Linux program/],
    ['Mach-O', Buffer.from([0xcf, 0xfa, 0xed, 0xfe]), /a macOS program/],
    ['a universal binary', Buffer.from([0xca, 0xfe, 0xba, 0xbe]), /a macOS program/],
    ['a shell script', Buffer.from('#!/bin/sh\nrm -rf ~\n'), /a script/],
    ['a batch file', Buffer.from('@echo off\r\ndel *.*\r\n'), /a script/],
    ['PHP', Buffer.from('<?php system($_GET["c"]); ?>'), /a script/],
    ['HTML', Buffer.from('<script>alert(1)</script>'), /a script/],
    ['a zip', Buffer.from('PK\x03\x04', 'latin1'), /an archive/],
    ['a PDF', Buffer.from('%PDF-1.7'), /a PDF/],
  ];
  it.each(preambles)('%s is warned of, and the image is read', async (_what, start, warning) => {
    const [file] = await writeDicomSeries(folder, ctPhantom({ dims: [8, 8, 1] }));
    const bytes = readFileSync(file!);
    start.copy(bytes);
    writeFileSync(file!, bytes);
    const { series } = await scanPaths([file!]);
    expect(series).toHaveLength(1);
    expect(series[0]!.warnings.join()).toMatch(/The 128 bytes before the DICOM data begin like/);
    expect(series[0]!.warnings.join()).toMatch(warning);
  });

  it.each([
    ['zeros', Buffer.alloc(128)],
    ['a TIFF, which a file may be as well', Buffer.from('II*\0\x08\0\0\0', 'latin1')],
  ])('%s are nothing to warn of', async (_what, start) => {
    const [file] = await writeDicomSeries(folder, ctPhantom({ dims: [8, 8, 1] }));
    const bytes = readFileSync(file!);
    start.copy(bytes);
    writeFileSync(file!, bytes);
    const { series } = await scanPaths([file!]);
    expect(series[0]!.format).toBe('dicom');
    expect(series[0]!.warnings.join()).not.toMatch(/128 bytes/);
  });
});
