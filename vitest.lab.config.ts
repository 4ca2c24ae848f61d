import { defineConfig } from 'vitest/config';

// The lab: network namespaces, root and the real kernel. One file at a time, because timing is what it measures.
export default defineConfig({
  test: {
    include: ['test/lab/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 120_000,
    pool: 'forks',
    fileParallelism: false,
    passWithNoTests: true,
  },
});
