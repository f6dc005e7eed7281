// A reporter for Stryker: one JSON line for the number of mutants, then one for each mutant as soon as it is tested, into
// the file that WSCAP_MUTATE_RESULTS names. So a run that is ended early has results, too.
import { appendFileSync } from 'node:fs';

class ResultLines {
  onMutationTestingPlanReady({ mutantPlans }) {
    write({ mutants: mutantPlans.length });
  }

  onMutantTested({ fileName, location, mutatorName, replacement, status }) {
    write({ fileName, location, mutatorName, replacement, status });
  }
}

function write(line) {
  appendFileSync(process.env.WSCAP_MUTATE_RESULTS, `${JSON.stringify(line)}\n`);
}

export const strykerPlugins = [{ kind: 'Reporter', name: 'result-lines', injectableClass: ResultLines }];
