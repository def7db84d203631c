"""Sounds in folders, one folder for each class."""

import wave
from functools import partial

import torch

from netbuilder.engine.loaders.class_folders import list_classes, same_classes
from netbuilder.engine.loaders.describing import Description, Output
from netbuilder.engine.loaders.pictures import load_pictures


def read_sound(path, length, rate=None):
    """Return a sound from −1 to 1 in one channel, cut to length or filled up."""
    try:
        with wave.open(str(path), "rb") as opened:
            channels, width = opened.getnchannels(), opened.getsampwidth()
            if rate not in (None, opened.getframerate()):
                problem = f"{opened.getframerate()} samples a second, others {rate}"
                raise OSError(f"{path} has {problem}.")
            data = bytearray(opened.readframes(length))
    except FileNotFoundError:
        raise FileNotFoundError(f"{path} is not there any more.") from None
    except (wave.Error, EOFError) as error:
        reason = str(error) or "it is cut off"
        raise OSError(f"{path} is no WAV file that can be read: {reason}.") from None
    frames = len(data) // (width * channels)
    if not frames:
        raise OSError(f"{path} holds no sound.")
    octets = torch.frombuffer(data, dtype=torch.uint8)[: frames * width * channels]
    octets = octets.view(frames, channels, width).long()
    weights = 256 ** torch.arange(width)
    values = (octets * weights).sum(2)
    half = 2 ** (8 * width - 1)
    if width > 1:  # one byte has no sign
        values = (values + half) % (2 * half)
    sound = (values - half).float().mean(1) / half
    return torch.nn.functional.pad(sound, (0, length - frames)).unsqueeze(0)


def sound_rate(path):
    """Return how many samples a second a sound has."""
    try:
        with wave.open(str(path), "rb") as opened:
            return opened.getframerate()
    except (wave.Error, EOFError) as error:
        raise OSError(f"{path} is no WAV file that can be read: {error}.") from None


def load_wav_folder(
    folder,
    length=16_000,
    scale=False,
    validation_folder=None,
    validation=0.2,
    split="stratified",
    folds=None,
    fold=1,
    seed=0,
    memory=2000,
):
    """Return (sounds, labels) to train on and (sounds, labels) kept aside."""
    classes, files, labels = list_classes(folder, (".wav",))
    kept = None
    if validation_folder is not None:
        kept = same_classes(validation_folder, (".wav",), classes)
    read = partial(read_sound, length=length, rate=sound_rate(files[0]))
    how = validation, split, folds, fold, seed
    return load_pictures(files, labels, kept, read, scale, memory, how)


def describe_wav_folder(folder, length, validation_folder, **_):
    """Say what `load_wav_folder` gives, by the names and one of the sounds."""
    classes, files, labels = list_classes(folder, (".wav",))
    rate, sound = sound_rate(files[0]), read_sound(files[0], length)
    if validation_folder is not None:
        same_classes(validation_folder, (".wav",), classes)
    facts = [("sounds", f"{len(files):,}"), ("samples a second", f"{rate:,}")]
    counts = labels.bincount().tolist()
    facts += [(name, f"{n:,}") for name, n in zip(classes, counts, strict=True)]
    label = Output((), "int64", len(classes), tuple(classes))
    return Description({"audio": Output(tuple(sound.shape)), "label": label}, facts)
