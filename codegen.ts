import type { CodegenConfig } from '@graphql-codegen/cli';
import { printSchema } from 'graphql';
import { composeShop } from './examples/shop-supergraph.ts';

/** `npm run codegen`: types for `resolvers/` and for clients, from the schemas alone; no server has to run. */
const config: CodegenConfig = {
  importExtension: '.ts',
  generates: {
    'resolvers/generated/resolvers.ts': {
      schema: 'schemas/storefront.graphql',
      plugins: ['typescript', 'typescript-resolvers'],
      config: {
        federation: true,
        contextType: '../../src/index.ts#LocalContext',
        mappers: { Storefront: '../storefront-model.ts#StorefrontModel' },
        useTypeImports: true,
        enumsAsTypes: true,
        resolversNonOptionalTypename: { unionMember: true, interfaceImplementingType: true },
      },
    },
    'examples/client/generated/': {
      schema: printSchema(composeShop().apiSchema),
      documents: ['examples/client/*.ts'],
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        useTypeImports: true,
        enumsAsTypes: true,
        scalars: { DateTime: 'string', Long: 'number' },
        strictScalars: true,
      },
    },
  },
};

export default config;
