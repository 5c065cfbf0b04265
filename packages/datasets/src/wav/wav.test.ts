import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { random } from '@parsimony/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadWav, readWav, saveWav, type WavAudio, type WavFormat, writeWav } from '../index';

const noise = (channels: number, length: number): WavAudio => ({ data: random.uniform(random.key(channels), channels * length, { low: -1, high: 1 }), channels, length, sampleRate: 16000 });
const ascii = (text: string): number[] => [...text].map((char) => char.charCodeAt(0));
const le = (value: number, bytes: number): number[] => Array.from({ length: bytes }, (_, i) => (value / 2 ** (8 * i)) & 255);
const chunk = (id: string, body: readonly number[]): number[] => [...ascii(id), ...le(body.length, 4), ...body, ...(body.length % 2 === 1 ? [0] : [])];
const riff = (...chunks: readonly number[][]): Uint8Array => Uint8Array.from([...ascii('RIFF'), ...le(4 + chunks.flat().length, 4), ...ascii('WAVE'), ...chunks.flat()]);
interface Format { readonly tag?: number; readonly channels?: number; readonly rate?: number; readonly bits?: number; readonly frame?: number; readonly more?: readonly number[] }
const fmt = ({ tag = 1, channels = 1, rate = 8000, bits = 16, frame = (channels * bits) / 8, more = [] }: Format = {}): number[] =>
  chunk('fmt ', [...le(tag, 2), ...le(channels, 2), ...le(rate, 4), ...le(rate * frame, 4), ...le(frame, 2), ...le(bits, 2), ...more]);
const data = (...body: number[]): number[] => chunk('data', body);

describe('round trips', () => {
  test.each(['uint8', 'int16', 'int24', 'int32', 'float32', 'float64'] as WavFormat[])('%s, one to three channels, odd lengths', (format) => {
    for (const channels of [1, 2, 3]) {
      for (const length of [0, 1, 7]) {
        const sound = noise(channels, length);
        const file = writeWav(sound, { format });
        const again = readWav(file);
        expect([again.channels, again.length, again.sampleRate, again.format]).toEqual([channels, length, 16000, format]);
        // Rounding moves a sample by half a step, 2^-b; the largest whole number is one step short of 1. float32 rounds those of int32.
        const half = { uint8: 2 ** -8, int16: 2 ** -16, int24: 2 ** -24, int32: 2 ** -25, float32: 0, float64: 0 }[format];
        again.data.forEach((value, i) => expect(Math.abs(value - (sound.data[i] as number))).toBeLessThanOrEqual(half));
        // What has been rounded once is not moved again.
        expect(writeWav(again, { format })).toEqual(file);
        expect(file.length % 2).toBe(0);
        expect(new DataView(file.buffer).getUint32(4, true)).toBe(file.length - 8);
      }
    }
  });
  test('whole numbers: silence, the ends, and what lies beyond them', () => {
    const sound = { data: Float32Array.of(0, 1, -1, 1.5, -1.5), channels: 1, length: 5, sampleRate: 8000 };
    expect([...writeWav(sound, { format: 'uint8' }).subarray(44, 49)]).toEqual([128, 255, 0, 255, 0]);
    expect([...new Int16Array(writeWav(sound).slice(44).buffer)]).toEqual([0, 32767, -32768, 32767, -32768]);
    expect([...readWav(writeWav(sound, { format: 'int24' })).data]).toEqual([0, 1 - 2 ** -23, -1, 1 - 2 ** -23, -1]);
    expect([...readWav(writeWav(sound, { format: 'float32' })).data]).toEqual([0, 1, -1, 1.5, -1.5]);
  });
  test('channels are interleaved in the file, one after the other in memory', () => {
    const file = riff(fmt({ channels: 2, bits: 8 }), data(128, 192, 64, 0));
    expect(readWav(file)).toEqual({ data: Float32Array.of(0, -0.5, 0.5, -1), channels: 2, length: 2, sampleRate: 8000, format: 'uint8' });
    expect(writeWav(readWav(file), { format: 'uint8' })).toEqual(file);
  });
});

describe('files of others', () => {
  test('chunks in any order, unknown ones, odd ones with their padding', () => {
    const file = riff(chunk('LIST', ascii('odd')), data(0, 64, 0, 192), chunk('cue ', [1]), fmt());
    expect([...readWav(file).data]).toEqual([0.5, -0.5]);
  });
  test('extensible formats, by the head of their identifier', () => {
    const extension = (tag: number): number[] => [...le(22, 2), ...le(16, 2), ...le(0, 4), ...le(tag, 2), 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];
    expect([...readWav(riff(fmt({ tag: 0xfffe, more: extension(1) }), data(0, 64))).data]).toEqual([0.5]);
    expect(() => readWav(riff(fmt({ tag: 0xfffe, more: [...extension(1).slice(0, -1), 0] }), data(0, 64)))).toThrow('identifier is not one of PCM or floats');
    expect(() => readWav(riff(fmt({ tag: 0xfffe }), data(0, 64)))).toThrow('must hold 40 bytes, received 16');
  });
  test('a stream whose length was not known; bytes that begin anywhere in their buffer', () => {
    const file = riff(fmt(), data(0, 64, 0, 192));
    file.fill(255, 40, 44);
    const shifted = new Uint8Array(file.length + 3);
    shifted.set(file, 3);
    expect([...readWav(shifted.subarray(3)).data]).toEqual([0.5, -0.5]);
  });
  test('Python writes and reads the same', (context) => {
    const script = 'import sys,wave,io,struct\nw=wave.open(io.BytesIO(sys.stdin.buffer.read()))\nprint(w.getparams()[:4],struct.unpack("<6h",w.readframes(3)))';
    let said: string;
    try {
      said = execFileSync('/usr/bin/python3', ['-c', script], { input: writeWav({ data: Float32Array.of(0, 0.5, -1, 0.25, -0.25, 0.125), channels: 2, length: 3, sampleRate: 44100 }), encoding: 'utf8' });
    } catch {
      return context.skip('there is no Python here');
    }
    expect(said.trim()).toBe('(2, 2, 44100, 3) (0, 8192, 16384, -8192, -32768, 4096)');
  });
});

test.each([
  [new Uint8Array(0), 'expected a WAV file, which begins with "RIFF", its size and "WAVE", received nothing.'],
  [Uint8Array.from(ascii('ID3 and more of it')), 'received 73 68 51'],
  [Uint8Array.from([...ascii('RIFF'), 0, 0]), 'truncated: the header of a WAV file takes 12 bytes, the file has 6'],
  [Uint8Array.from([...ascii('RIFX'), 0, 0, 0, 0, ...ascii('WAVE')]), 'big-endian'],
  [riff(), 'no `fmt ` chunk in 12 bytes; there are none'],
  [riff(fmt()), 'no `data` chunk in 36 bytes; there are `fmt `'],
  [riff(fmt(), data(0, 0), data(0, 0)), 'a second `data` chunk at byte 46; the first is at 36'],
  [riff(fmt(), data(0, 0, 0, 0)).subarray(0, 46), 'truncated: the `data` chunk at byte 36 holds 4 bytes, the file has 2 more'],
  [riff(fmt(), data(0, 0)).subarray(0, 41), 'truncated: the head of a chunk at byte 36 takes 8 bytes, the file has 5 more'],
  [riff(fmt({ channels: 2 }), data(0, 0)), 'holds 2 bytes, which is no multiple of the 4 of 2 samples in int16'],
  [riff(chunk('fmt ', [1, 0]), data(0, 0)), 'the `fmt ` chunk at byte 12 must hold 16 bytes or more, received 2'],
  [riff(fmt({ tag: 2, bits: 4 }), data(0, 0)), 'says coding 2 with 4 bits a sample'],
  [riff(fmt({ bits: 12 }), data(0, 0)), 'says coding 1 with 12 bits'],
  [riff(fmt({ channels: 0 }), data(0, 0)), 'says 0 channels at 8000 Hz'],
  [riff(fmt({ rate: 0 }), data(0, 0)), 'says 1 channels at 0 Hz'],
  [riff(fmt({ frame: 4 }), data(0, 0, 0, 0)), 'says 4 bytes for 1 samples of 16 bits, which take 2'],
  [riff(fmt({ tag: 3, bits: 32 }), data(0, 0, 0xc0, 0x7f)), 'samples must be finite in float32, received NaN at byte 44 (channel 0, sample 0)'],
  [riff(fmt({ tag: 3, bits: 64 }), data(0, 0, 0, 0, 0, 0, 0xe0, 0x7f)), 'must be finite in float32'],
])('%#: a clear error', (bytes, message) => {
  expect(() => readWav(bytes, 'a.wav')).toThrow(message);
  expect(() => readWav(bytes, 'a.wav')).toThrow('a.wav: ');
});

test('every prefix of a file is refused, never read as something shorter', () => {
  const file = writeWav(noise(3, 4), { format: 'int24' });
  for (let n = 0; n < file.length; n++) expect(() => readWav(file.subarray(0, n))).toThrow('WAV data');
});

test.each([
  [{ ...noise(1, 4), length: 3 }, {}, '`data` must have 3 samples for [1, 3], received 4'],
  [{ ...noise(1, 4), channels: 0 }, {}, '`channels` must be a whole number in [1, inf), received 0'],
  [{ ...noise(1, 4), sampleRate: 44.1 }, {}, '`sampleRate` must be'],
  [{ ...noise(1, 4), data: [0, 0, 0, 0] }, {}, '`data` must be a Float32Array'],
  [{ ...noise(1, 4), data: Float32Array.of(0, 0, NaN, 0) }, {}, 'received NaN in channel 0, sample 2'],
  [null, {}, 'expected sound as'],
  [noise(1, 4), { format: 'int20' }, "`format` must be one of 'uint8', 'int16'"],
  [noise(1, 4), { bits: 16 }, 'unknown option `bits`'],
  [{ data: new Float32Array(70000), channels: 70000, length: 1, sampleRate: 1 }, { format: 'uint8' }, 'more than a WAV file can hold'],
])('%#: what is no sound is not written', (audio, options, message) => {
  expect(() => writeWav(audio as WavAudio, options as object)).toThrow(message);
});

describe('files', () => {
  let folder = '';
  beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'wav-')); });
  afterAll(() => rm(folder, { recursive: true }));

  test('saved and loaded, also from gzip', async () => {
    const sound = noise(2, 100);
    await saveWav(join(folder, 'a.wav'), sound, { format: 'float32' });
    expect((await loadWav(join(folder, 'a.wav'))).data).toEqual(sound.data);
    await writeFile(join(folder, 'b.wav.gz'), gzipSync(writeWav(sound, { format: 'float32' })));
    expect((await loadWav(join(folder, 'b.wav.gz'))).data).toEqual(sound.data);
  });
  test('nothing is half-written, and what was there stays', async () => {
    const before = (await readdir(folder)).toSorted();
    const a = await readFile(join(folder, 'a.wav'));
    await expect(saveWav(join(folder, 'a.wav'), { ...noise(1, 4), length: 5 })).rejects.toThrow('must have 5 samples');
    await expect(saveWav(join(folder, 'none', 'a.wav'), noise(1, 4))).rejects.toThrow('could not be written');
    // A folder cannot be replaced by a file: the move fails after everything has been written.
    await expect(saveWav(folder, noise(1, 4))).rejects.toThrow('could not be written');
    expect((await readdir(folder)).toSorted()).toEqual(before);
    expect((await readdir(join(folder, '..'))).filter((name) => name.endsWith('.unfinished') && folder.endsWith(name.split('.')[0] ?? ''))).toEqual([]);
    expect(await readFile(join(folder, 'a.wav'))).toEqual(a);
  });
  test('missing and damaged files are named', async () => {
    await expect(loadWav(join(folder, 'none.wav'))).rejects.toThrow('none.wav: there is no such file');
    await writeFile(join(folder, 'cut.wav'), writeWav(noise(1, 100)).subarray(0, 80));
    await expect(loadWav(join(folder, 'cut.wav'))).rejects.toThrow('cut.wav: truncated: the `data` chunk at byte 36 holds 200 bytes, the file has 36 more');
    await expect(loadWav('')).rejects.toThrow('expected a file or a URL');
  });
});
