import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { system } from './access/index.ts';
import { loadGeography } from './offices/index.ts';
import { type Execute, packageRoot } from './platform/index.ts';

const seed = (name: string): Promise<string> => readFile(join(packageRoot, 'seeds', name), 'utf8');
const rowsOf = async (name: string): Promise<Record<string, string>[]> => parse(await seed(name), { bom: true, columns: true });

/** Loads the wilayas and communes of Algeria; what is known already stays as it is. */
export async function loadPilotGeography(execute: Execute): Promise<{ added: number }> {
  const geography = { wilayas: await rowsOf('algeria/wilayas.csv'), communes: await rowsOf('algeria/communes.csv') };
  return execute(loadGeography, geography, { actor: system });
}
