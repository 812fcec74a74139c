"""The material response as a function of PyTorch: energy over time inside anybody's loss.

The one idea: the gradient is already there, so the bridge is one `torch.autograd.Function` that hands tensors over and
gradients back. PyTorch is optional and imported on the first call only.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np

from echoenv.acoustics.differentiable.material_response import MaterialResponse
from echoenv.errors import SettingsError

if TYPE_CHECKING:
    import torch


def torch_energy(
    response: MaterialResponse, absorption: torch.Tensor, scattering: torch.Tensor | None = None
) -> torch.Tensor:
    """Energy over time of a response, with gradients.

    Args:
        response: The traced paths.
        absorption: Energy absorption (m, 8) in the order of `response.materials`, any floating type, any device.
        scattering: Diffuse part (m, 8) of the reflected energy; the scene's own, and no gradient, without it.

    Returns:
        Energy (bins, 8) of the type and on the device of `absorption`; it is computed in float64 on the CPU.

    Raises:
        SettingsError: PyTorch is not installed, or values are out of range (as `MaterialResponse.energy` says).
    """
    result: torch.Tensor = _energy_function().apply(response, absorption, scattering)
    return result


@functools.cache
def _energy_function() -> Any:
    try:
        import torch
    except ImportError:
        raise SettingsError(
            "torch_energy needs PyTorch, which is not installed: pip install 'echoenv[learn]', or use "
            "MaterialResponse.energy_and_pullback without it"
        ) from None

    def as_array(tensor: torch.Tensor | None) -> np.ndarray | None:
        return None if tensor is None else tensor.detach().to("cpu", torch.float64).numpy()

    class Energy(torch.autograd.Function):
        @staticmethod
        def forward(
            context: Any, response: MaterialResponse, absorption: torch.Tensor, scattering: torch.Tensor | None
        ) -> torch.Tensor:
            energy, context.pullback = response.energy_and_pullback(as_array(absorption), as_array(scattering))
            context.like = (absorption, scattering)
            return torch.from_numpy(energy).to(absorption)

        @staticmethod
        def backward(context: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
            found = context.pullback(as_array(gradients[0]))
            pairs = zip(found, context.like, strict=True)
            return (None, *(None if part is None else torch.from_numpy(part).to(like) for part, like in pairs))

    return Energy
