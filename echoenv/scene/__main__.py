"""`python -m echoenv.scene`: the command itself is `echoenv/scene_command.py`.

The one idea: Python looks for a package's command here, but pictures need what stands above `scene`, so this only
hands on.
"""

import sys

from echoenv.scene_command import main

if __name__ == "__main__":
    sys.exit(main())
