import { defineConfig } from 'vitest/config';

// The lab: network namespaces, root and the real kernel. One file at a time, because timing is what it measures.
export default defineConfig({
  test: {
    include: ['test/lab/**/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 900_000,
    // A transfer that another process disturbed is made again; what is wrong is wrong three times.
    retry: 2,
    pool: 'forks',
    fileParallelism: false,
    passWithNoTests: true,
  },
});
