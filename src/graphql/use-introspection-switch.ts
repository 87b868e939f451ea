import { NoSchemaIntrospectionCustomRule } from 'graphql';
import type { Plugin } from './context.ts';

/** Refuses `__schema` and `__type` where introspection is off. */
export function useIntrospectionSwitch(isOn: boolean): Plugin {
  if (isOn) return {};
  return {
    onValidate({ addValidationRule }) {
      addValidationRule(NoSchemaIntrospectionCustomRule);
    },
  };
}
