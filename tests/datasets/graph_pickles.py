"""Small graphs as old and new versions of networkx pickle them, so that tests need none of those versions.

Each has nodes 3, 7 and 9 with a `point`, the last with a NumPy scalar in it, and one edge from
3 to 7 of weight 0.5; their views were looked at before, which some versions keep in the file.
"""

from __future__ import annotations

import base64
import zlib

_PACKED = {
    "1.11, protocol 0": (
        "eNp9UT1PwzAQ3d/Ez+hC5I+kbSQGpqIuHRgyIVmu46YpIbFsR5B/z9mlQnQgkp3Tved7d++MmdyivO1Al5nGEP1s4uThGFZmtPFz8u9fh"
        "Rl0CDYUndfujJd8Ow6j1HHuh9iPSmE6XqyJcAKH6CReXYlV6yo049Ra1fYmqpNOtRe49d+nCYTbIDS6vQx9iHf0LboE2razSsfo7+D6Cn"
        "c/bbGkyzllkjIlRE5I7GUOSjRu6kdS5BVWO1ZU2D3yQtBPFAzR8TVC2G8yeYMuszghd6xtYtWZVV9ZZpw/3FIoM3lbfMw0nfZeLwhGD5o"
        "8FezGQRsXR70JjlVz2lIgsGeMDqfSItknyD/quHkisMLhcNg/cuST1MUaR0NCrTUBdjR5UkE9N28zo+//++GZyFs0g6YFcIprKikZqcqk"
        "L0WK5N3AsqSB84rgZJXmlusfT+UGV78kFf20fXcmd2WNbG64mVmyRO/kr3Elbem6V7hSEETOH4tvi32/Dg=="
    ),
    "1.11, protocol 2": (
        "eNp1UU1PwkAQLRQQV1RQxO8PxA+8NPHmwURuJDbhwGlvzbJdaLW0ne42yKGJXkB/lX/Fn+DBu24XNDHROcxO9r15O/P2MUt9JkZBdP9gU"
        "I9wzrgxiEjooLbKoF08QSaBbBNXNE3zA5tZtkuF1SdUBNEYdGpZvdj1hOtbFkohBDlclVxi33kuF7/peSeHaxJk9oBZRIjoN1yQcF7Cag"
        "RYSKCIc/NnYTEB1DT1BJYUJQxcX0CpffOmqWi/fsyL1uzUprDMTamx4kjW+/+sVW5K7bJTon48DMeGRYOIGcNY7kSiiIwRp8QjEYLKjIB"
        "sMQ4ZgjWclf39K1h/eZ5CtQsbcjyckXfXUOt0OrefMlQyNQGbPSqFbUY5Yn5aINjCRe07yi3YxgVZeERaeQk7E9jtwt4E9rtw8NfUhzzG"
        "+sxmOEqgrqw5TvdtKJ0RcweOgJMfg7gy49TUnYZa+CxW3qY/AedOPe4ZX3Sulbg="
    ),
    "2.0, protocol 3": (
        "eNp1UD1PwzAQTUm/MFBaPgqUzwJDWTIzIFGJoRKROnTKFrmO2wTSJGc7KhkiwULhV/FX+AkM7OA4CKkV3HD2vXune+8edRJQMQ3Z/YNBf"
        "Mw55caY4chFPZVBu3iCQgpLHauhaVoQOtR2PCLsESYiZAnoZBh7vvACjjIcQdFqSSJ27nyPCzuMBWXzEyV3nuIFwSKlLClNSaHOmNpYiI"
        "V2RbaRbLMwFLZSC1W3YJUklFfLKSBV2plgWElhtWPqKawpMAq9QECtd/2uqei9ff58uvmrzWCdm5UU6q5kffzPanBTrtpwaySIJ1Fi2CR"
        "k1JjE8h6YMZwgTrCPGYLNnIAckUQUwZa1JOdHl7D9+jKD5gB2pDyrILEr2O33+7dfMlQyNQF7w5tqvrHehdYz7A/g4C81hzy2iplpeVk4"
        "SuFYeT7JjLStsmxMqTd2BZz+OufK5Zmpu23l5DyOh8Y3OiCbHA=="
    ),
    "2.8.8, protocol 4": (
        "eNp9UUFLwzAUnuva1YHgyYMI4kUmQsGbB2ETlYKFHgS9lrSJTefWliR19jDQi1PIzfh7/Cv+BA/e9aXdYDoxh7wvL997+b6X+9brZbNRL"
        "bmREjHO2M2dEw0R54Q7MUM5VdJ0q/ii9h7URHWlWecncBOkGSY66Rn6mGdJKpTbe69bum+fM9CvY2OquNeeKNpxex//cVY1BxQVo7x0gi"
        "hjxBkVQ5EgxlCppMUjNEQMJEmz4kDEosyJzjSvD9Xz01RdaFVy5Uj5vn/+BavavIZQ4YldP7XeV4/A+1NDIVsBwoO5OS1bWmOSxHTBIa/"
        "seAbdqTQXIAcGwpXcWhomI3nGxG1CxnBt+0C7AjyfqrSCupLaPJQmwbHGu9I+A7RI7AKznj81pK0V4iQSim4XobQwiRkhuq5zWsEflfQA"
        "SsyAF1EEfEA5IxgQ3YdTO5h586GRoY3LzSUP+iNmDtaO8QBFJI3KXzaQADJ05WEROt/tjNsQ"
    ),
    "3.1, protocol 1": (
        "eNqFUsty0zAUdZu0acSrvN8QystQMAnPAoWGGZhMyYwXXjDeeWxZWA6p7SPJhCz8bfwKn8CCPchyYBWmdyFfXR+do3uuKM2LeSBYQvRC8"
        "0wqUVKVCwLLphlTs1x8+ebQaSglk04iwoKTkVmxQoMgKtOpSrMgIHk0YVQRrLoKLQ/tCmu2v2ZZljmD9Qodsw2yPGbYqNC1x60KxBSLPM"
        "0UjtijvR+WidH3X4tk2HwthaNy3KlwjNewn/+HHZfjboUTGkaz8qCYOwHNBXMOSn3RUIhwTiQNp6HucHOBILGaF4zgpO2vaorPOzi13++"
        "T/f6AKJz2cEbf1F/Rf3Zx1nXdj791mGWs5c5FVAvEjErCsjohOG/7G9bf2Bzigr+uk2mojRrgosIlD5cVrni4uuz+12Tpt2ujwniC6xV6"
        "xqcbde9bhmjG0oQr3PxnljTG3Bq3+Jbp/XZpTK2NlrjDlw1SsCIX6mvKZpK4GvdJZwR3eT0928O9CveNVtCQbPOujAwpixO9f3Ao6QeNa"
        "0gfGlLHw6MKfbthbd7EgLeNUXWncUoVHvNeGRlEzBLBGJ4cqvPeABulp0bpmYfnFV7YvKY3L06WlGKH95pdIViMl7zHt3WlU1cWhr5ytX"
        "hLF2rjXy9Vrl9So/sunoRUD3zeSO8a6Tce3lbYa3oMlT6EIe/JqIycP4R+BEY="
    ),
    "3.6.1, protocol 5": (
        "eNp9UbFOwzAULA1JQyUkxMCAkBBbGcjCwoDUIkCRiJSBgdVyHBOnpElkJ5QMlWChIHnDfA+/wicwsMNz0kqFIjzkne17L3fne/M1abfqJ"
        "bdSWowzfnPnkAQLQYUTcZwzJU23ri9q/0FNVE+azfkEblCahVQfeobe5lmcFsrtvzcj3bfPGRg0tTVVwutMFOu6/Y//OGuaA4rKUV45iG"
        "ScOqMyKWLMOa6UtATBCeYgSZo1B2pYVDnVJ+3rI/X8NFWXWpVcOVa+7198wao/XqtQwand/GpjoB6B96eGUq4iHA7n5rRsaY1pHLEFh6K"
        "24xlsr9Zcyk2E5jEiggmjCNVB6ZyEkjtLGXOaZ7y4jekYrm0faFeA52FLCzWdzBaBNGkYadyT9jmgRWIPmM2zMEPaWngYk0Kx3TKQVkgj"
        "Tqnu657V8EcnO4QWE4mSEOADyjkNAbED2HXQzLIPgwydh9xe8qDfZ+Zg/SQcYkJTUv2ygQsgw1QRlIHzDc/B5MQ="
    ),
}

GRAPHS = {version: zlib.decompress(base64.b64decode(text)) for version, text in _PACKED.items()}
"""Bytes of a pickle by version and protocol."""
