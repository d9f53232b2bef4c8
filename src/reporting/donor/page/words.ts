import type { PageLanguage, PageWords } from './spoken.ts';
import { wordsAr } from './words-ar.ts';
import { wordsEn } from './words-en.ts';
import { wordsFr } from './words-fr.ts';

export const pageWords: Readonly<Record<PageLanguage, PageWords>> = { ar: wordsAr, fr: wordsFr, en: wordsEn };
