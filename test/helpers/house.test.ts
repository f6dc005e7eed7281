/** The questions of house.ts, asked of small pictures: a mistake in them would let any import through unnoticed. */
import { describe, expect, it } from 'vitest';
import { idleAllowances, isAllowed, type Picture } from './house.ts';

describe('a picture of the house', () => {
  const picture: Picture = {
    cellar: [],
    kitchen: ['cellar/wine.ts'],
    'kitchen/oven': ['kitchen', 'cellar'],
    'door.ts': ['kitchen', 'bell.ts'],
  };
  const allows = (from: string, to: string) => isAllowed({ from, to }, picture);

  it('allows files of one folder to import each other, and every file to import basics/', () => {
    expect(allows('cellar/wine.ts', 'cellar/shelf.ts')).toBe(true);
    expect(allows('cellar/wine.ts', 'basics/direction.ts')).toBe(true);
    expect(allows('window.ts', 'basics/direction.ts')).toBe(true);
  });

  it('refuses an import between two files directly in src/ that no allowance names', () => {
    expect(allows('door.ts', 'bell.ts')).toBe(true);
    expect(allows('bell.ts', 'door.ts')).toBe(false);
    expect(allows('door.ts', 'window.ts')).toBe(false);
  });

  it('allows a single file of a room, and no other one of it', () => {
    expect(allows('kitchen/cook.ts', 'cellar/wine.ts')).toBe(true);
    expect(allows('kitchen/cook.ts', 'cellar/shelf.ts')).toBe(false);
    expect(allows('cellar/shelf.ts', 'kitchen/cook.ts')).toBe(false);
  });

  it('allows a whole room with the folders in it, and no room whose name only begins the same', () => {
    expect(allows('door.ts', 'kitchen/oven/fire.ts')).toBe(true);
    expect(allows('door.ts', 'kitchenette/cook.ts')).toBe(false);
  });

  it('takes the innermost room around the importing file, whose allowances the outer one does not add to', () => {
    expect(allows('kitchen/oven/fire.ts', 'cellar/shelf.ts')).toBe(true);
    expect(allows('kitchen/table/fork.ts', 'cellar/wine.ts')).toBe(true);
    expect(allows('kitchen/table/fork.ts', 'kitchen/cook.ts')).toBe(false);
    expect(allows('kitchen/oven/fire.ts', 'bell.ts')).toBe(false);
  });

  it('refuses whatever a room imports that it does not have', () => {
    expect(allows('attic/box.ts', 'cellar/wine.ts')).toBe(false);
  });
});

describe('an allowance that decides nothing', () => {
  const idle = (picture: Picture, ...imports: readonly (readonly [from: string, to: string])[]) =>
    idleAllowances(
      imports.map(([from, to]) => ({ from, to })),
      picture,
    );

  it('is named where no file of the room imports what it allows', () => {
    const picture = { kitchen: ['cellar', 'attic'], cellar: ['attic'], attic: [] };
    expect(idle(picture, ['kitchen/cook.ts', 'cellar/wine.ts'])).toEqual([
      'kitchen -> attic',
      'cellar -> attic',
    ]);
  });

  it('is named where the import needs none: within a folder, or of basics/', () => {
    const picture = { kitchen: ['kitchen', 'basics'] };
    expect(
      idle(picture, ['kitchen/cook.ts', 'kitchen/oven.ts'], ['kitchen/cook.ts', 'basics/verdict.ts']),
    ).toEqual(['kitchen -> kitchen', 'kitchen -> basics']);
  });

  it('is named where a room further in has allowances of its own', () => {
    const picture = { kitchen: ['cellar'], 'kitchen/oven': ['cellar'] };
    expect(idle(picture, ['kitchen/oven/fire.ts', 'cellar/coal.ts'])).toEqual(['kitchen -> cellar']);
  });

  it('is named, and so is the other one, where two of them allow the same import', () => {
    const picture = { kitchen: ['cellar', 'cellar/wine.ts'] };
    expect(idle(picture, ['kitchen/cook.ts', 'cellar/wine.ts'])).toEqual([
      'kitchen -> cellar',
      'kitchen -> cellar/wine.ts',
    ]);
    const both = [
      ['kitchen/cook.ts', 'cellar/wine.ts'] as const,
      ['kitchen/cook.ts', 'cellar/coal.ts'] as const,
    ];
    expect(idle(picture, ...both)).toEqual(['kitchen -> cellar/wine.ts']);
  });

  it('is none that one file directly in src/ needs for another, nor one that a room needs for a folder in it', () => {
    const picture = { 'door.ts': ['bell.ts'], kitchen: ['kitchen'] };
    expect(idle(picture, ['door.ts', 'bell.ts'], ['kitchen/cook.ts', 'kitchen/oven/fire.ts'])).toEqual([]);
  });
});
