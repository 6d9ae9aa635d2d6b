// @ts-check
// Prints what an installation of the package holds, in CycloneDX's format: npm run --silent sbom
import { execSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * @typedef {{ 'bom-ref': string, name: string }} Component
 * @typedef {{ ref: string, dependsOn: string[] }} Edges
 * @typedef {{ metadata: { component: Component }, components: Component[], dependencies: Edges[] }} Bom
 */

const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
// All of it: with --omit dev, npm leaves out what a tool of the development needs as well.
const npm = 'npm sbom --workspaces=false --sbom-format cyclonedx';
/** @type {Bom} */
const bom = JSON.parse(execSync(npm, { encoding: 'utf8', maxBuffer: 2 ** 26 }));

const root = bom.metadata.component['bom-ref'];
const edges = new Map(bom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
const direct = bom.components.filter(
  (each) => each.name in dependencies && edges.get(root)?.includes(each['bom-ref']),
);
const shipped = new Set(direct.map((each) => each['bom-ref']));
for (const ref of shipped) edges.get(ref)?.forEach((needed) => shipped.add(needed));

const components = bom.components.filter((each) => shipped.has(each['bom-ref']));
const graph = bom.dependencies
  .filter(({ ref }) => ref === root || shipped.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((to) => shipped.has(to)) }));
console.log(JSON.stringify({ ...bom, components, dependencies: graph }, null, 2));
