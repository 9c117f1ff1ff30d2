import { containerSuite } from '../../../../test/engines/container-suite.ts';
import { startPodman } from '../../../../test/engines/podman.ts';

containerSuite('podman', startPodman);
