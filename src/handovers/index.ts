export { askAdvance } from './commands/ask-advance.ts';
export { deliver } from './commands/deliver.ts';
export { closeAdvance } from './commands/end-advance.ts';
export { handOverAdvance } from './commands/hand-over.ts';
export { takeBack } from './commands/take-back.ts';
export { handoverRoutes } from './routes.ts';
export { advancesInStory } from './story.ts';
