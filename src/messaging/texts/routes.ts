import { type Ground, type Routes, Versioned, versionIn } from '../../platform/index.ts';
import { changeProofTemplate, changeTemplate } from './commands.ts';
import { previewTexts } from './preview.ts';
import { listProofTemplates, listTemplates, listTemplateVersions, readProofTemplate, readTemplate } from './queries.ts';
import type { Template } from './template.ts';

type Operation =
  | 'listMessageTemplates'
  | 'getMessageTemplate'
  | 'changeMessageTemplate'
  | 'listMessageTemplateVersions'
  | 'previewMessageTexts'
  | 'listProofTemplates'
  | 'getProofTemplate'
  | 'changeProofTemplate';

const versioned = (template: Template) => new Versioned(template, template.number);

export const textRoutes = ({ db, execute }: Ground): Routes<Operation> => ({
  listMessageTemplates: ({ actor, params }) => listTemplates(db, actor, params.programmeId),
  getMessageTemplate: async ({ actor, params }) => versioned(await readTemplate(db, actor, params)),
  changeMessageTemplate: async ({ params, body, ifMatch, ...call }) =>
    versioned(await execute(changeTemplate, { ...params, ...body, version: versionIn(ifMatch) }, call)),
  listMessageTemplateVersions: ({ actor, params, query }) => listTemplateVersions(db, actor, params, query),
  previewMessageTexts: ({ actor, params, body }) => previewTexts(db, actor, { ...params, ...body }),
  listProofTemplates: ({ actor }) => listProofTemplates(db, actor),
  getProofTemplate: async ({ actor, params }) => versioned(await readProofTemplate(db, actor, params.language)),
  changeProofTemplate: async ({ params, body, ifMatch, ...call }) =>
    versioned(await execute(changeProofTemplate, { ...params, ...body, version: versionIn(ifMatch) }, call)),
});
