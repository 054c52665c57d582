"""How a number was made: the command, the machine, the versions, the date."""

import datetime
import os
import platform
from importlib.metadata import version
from pathlib import Path

import torch


def here(command: str) -> dict[str, str]:
    """Describe a measurement made by `command`, here and today."""
    return {
        "command": command,
        "hardware": hardware(),
        "versions": f"Python {platform.python_version()}, "
        f"torch {version('torch').split('+')[0]}, "
        f"numpy {version('numpy')}",
        "date": datetime.date.today().isoformat(),  # year-month-day
    }


def hardware() -> str:
    """Name the processor and its cores, and the GPU where there is one."""
    name = platform.processor() or platform.machine()
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        for line in facts.read_text().splitlines():
            if line.startswith("model name"):
                name = line.partition(":")[2].strip()
    found = f"{name}, {os.cpu_count()} cores"
    if torch.cuda.is_available():
        found += f", {torch.cuda.get_device_name()}"
    return found
