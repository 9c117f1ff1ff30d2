import { containerSuite } from '../../../../test/engines/container-suite.ts';
import { startDocker } from '../../../../test/engines/docker.ts';

containerSuite('docker', startDocker);
