import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { consistencyVectors, entries, inclusionVectors, leafHashes, roots } from '../../../test/support/merkle-vectors.ts';
import { includes, isConsistent } from './check.ts';
import { Frontier } from './frontier.ts';
import { emptyRoot, leafHash, nodeHash } from './hashing.ts';
import { type HashSource, proveConsistency, proveInclusion, rootOf } from './proofs.ts';
import { subtreesOf } from './ranges.ts';

/** Every subtree of a tree that is at hand, hashed from its leaves. */
const sourceOf = (leaves: readonly Buffer[]): HashSource => {
  const known = new Map<string, Buffer>();
  const hashOf = (level: number, index: number): Buffer => {
    if (level === 0) return leaves[index] as Buffer;
    const made = known.get(`${level}/${index}`) ?? nodeHash(hashOf(level - 1, index * 2), hashOf(level - 1, index * 2 + 1));
    known.set(`${level}/${index}`, made);
    return made;
  };
  return async (subtrees) => subtrees.map(({ level, index }) => hashOf(level, index));
};
const grown = (leaves: readonly Buffer[]): Frontier => {
  const tree = new Frontier();
  for (const leaf of leaves) tree.add(leaf);
  return tree;
};
const hex = (hashes: readonly Buffer[]): string[] => hashes.map((hash) => hash.toString('hex'));
const bytes = (hashes: readonly string[]): Buffer[] => hashes.map((hash) => Buffer.from(hash, 'hex'));
const published = entries.map((entry) => leafHash(Buffer.from(entry, 'hex')));
const root = (size: number): Buffer => Buffer.from(roots[size - 1] ?? '', 'hex');

describe('the tree, by the published vectors of Certificate Transparency', () => {
  it('hashes leaves and grows to every published root', async () => {
    expect(emptyRoot.toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(new Frontier().root()).toEqual(emptyRoot);
    expect(hex(published)).toEqual(leafHashes);
    for (const [i, expected] of roots.entries()) {
      expect(
        grown(published.slice(0, i + 1))
          .root()
          .toString('hex'),
      ).toBe(expected);
      expect((await rootOf(sourceOf(published), i + 1)).toString('hex')).toBe(expected);
    }
  });

  it.each(inclusionVectors)('proves leaf %i in a tree of %i', async (leaf, size, path) => {
    expect(hex(await proveInclusion(sourceOf(published), leaf, size))).toEqual(path);
    expect(includes(root(size), size, leaf, published[leaf] as Buffer, bytes(path))).toBe(true);
  });

  it.each(consistencyVectors)('proves that %i grew to %i', async (first, second, path) => {
    expect(hex(await proveConsistency(sourceOf(published), first, second))).toEqual(path);
    expect(isConsistent({ size: first, root: root(first) }, { size: second, root: root(second) }, bytes(path))).toBe(true);
  });
});

describe('the tree, of any size', () => {
  const sized = fc.integer({ min: 1, max: 600 }).chain((size) => fc.tuple(fc.constant(size), fc.integer({ min: 0, max: size - 1 })));
  const leaves = Array.from({ length: 600 }, (_, i) => leafHash(Buffer.from(`entry ${i}`)));
  const source = sourceOf(leaves);

  it('proves every leaf, and no other leaf, place, size or root by the same proof', async () => {
    await fc.assert(
      fc.asyncProperty(sized, fc.nat(10), async ([size, leaf], at) => {
        const path = await proveInclusion(source, leaf, size);
        const top = await rootOf(source, size);
        const own = leaves[leaf] as Buffer;
        expect(includes(top, size, leaf, own, path)).toBe(true);
        expect(includes(top, size, leaf, leafHash(Buffer.from('forged')), path)).toBe(false);
        expect(includes(leafHash(top), size, leaf, own, path)).toBe(false);
        for (const other of [leaf - 1, leaf + 1, size - 1 - leaf]) {
          if (other !== leaf) expect(includes(top, size, other, own, path)).toBe(false);
        }
        expect(includes(top, size, leaf, own, [...path, own])).toBe(false);
        if (path.length === 0) return;
        expect(includes(top, size, leaf, own, path.slice(1))).toBe(false);
        const bent = path.map((step, i) => (i === at % path.length ? nodeHash(step, step) : step));
        expect(includes(top, size, leaf, own, bent)).toBe(false);
      }),
    );
  });

  it('proves growth, and no growth from another beginning', async () => {
    await fc.assert(
      fc.asyncProperty(sized, fc.nat(10), async ([second, less], at) => {
        const first = second - less;
        const path = await proveConsistency(source, first, second);
        const [older, newer] = [
          { size: first, root: await rootOf(source, first) },
          { size: second, root: await rootOf(source, second) },
        ];
        expect(isConsistent(older, newer, path)).toBe(true);
        expect(isConsistent({ ...older, root: leafHash(older.root) }, newer, path)).toBe(false);
        expect(isConsistent(older, { ...newer, root: leafHash(newer.root) }, path)).toBe(false);
        expect(isConsistent(older, newer, [...path, older.root])).toBe(false);
        if (path.length === 0) return;
        const bent = path.map((step, i) => (i === at % path.length ? nodeHash(step, step) : step));
        expect(isConsistent(older, newer, bent)).toBe(false);
      }),
    );
  });

  it('grows on from the edge of what is stored, and tells of each subtree that is completed', async () => {
    await fc.assert(
      fc.asyncProperty(sized, async ([size, before]) => {
        const tree = new Frontier(before, await source(subtreesOf({ start: 0, end: before })));
        const told = new Map<string, Buffer>();
        for (const leaf of leaves.slice(before, size)) tree.add(leaf, (level, index, made) => told.set(`${level}/${index}`, made));
        expect(tree.root()).toEqual(await rootOf(source, size));
        for (const [name, made] of told) {
          const [level = 0, index = 0] = name.split('/').map(Number);
          expect((await source([{ level, index }]))[0]).toEqual(made);
        }
      }),
    );
  });

  it('refuses what cannot be asked', () => {
    expect(() => proveInclusion(source, 3, 3)).toThrow(RangeError);
    expect(() => proveConsistency(source, 0, 3)).toThrow(RangeError);
    expect(() => proveConsistency(source, 4, 3)).toThrow(RangeError);
    expect(includes(emptyRoot, 0, 0, emptyRoot, [])).toBe(false);
    expect(isConsistent({ size: 0, root: emptyRoot }, { size: 0, root: emptyRoot }, [])).toBe(false);
  });
});
