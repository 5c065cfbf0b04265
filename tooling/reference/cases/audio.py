"""
The mel front end and what is made of spectra. torch.stft and torch.istft; torchaudio's functions, which Debian has not, written out by their
definitions in torchaudio 0.13: melscale_fbanks, amplitude_to_DB, phase_vocoder, resample (sinc_interp_hann), pitch_shift, add_noise.
{ name, kind, …options under our names, input…, outputs }; waveforms are [C, T], spectra [C, F, T].
"""
import math

import torch

from draw import float32, generator
from fixture import encode, to_torch

WINDOWS = {'hann': torch.hann_window, 'hamming': torch.hamming_window, 'rectangular': torch.ones}


def sound(name, shape):
    return to_torch(float32(generator(name).standard_normal(shape) * 0.3))


def window(name, length):
    return WINDOWS[name](length, dtype=torch.float64)


def stft(x, nFft, hopLength, winLength=None, window_name='hann', center=True):
    return torch.stft(x, nFft, hopLength, winLength or nFft, window(window_name, winLength or nFft), center=center, pad_mode='reflect', return_complex=True)


def istft(y, nFft, hopLength, length=None, winLength=None, window_name='hann', center=True):
    return torch.istft(y, nFft, hopLength, winLength or nFft, window(window_name, winLength or nFft), center=center, length=length)


def frames(f, name, shape, invert=True, length=None, **options):
    x = sound(name, shape)
    arguments = {('window_name' if key == 'window' else key): value for key, value in options.items()}
    y = stft(x, **arguments)
    case = {'name': name, 'kind': 'stft', 'options': options, 'x': encode(x), 're': encode(y.real), 'im': encode(y.imag)}
    if invert:
        # Of something that is no transform of any sound too, so that windows and sums are told apart.
        other = torch.complex(sound(name + ' re', tuple(y.shape)), sound(name + ' im', tuple(y.shape)))
        case.update(otherRe=encode(other.real), otherIm=encode(other.imag), inverse=encode(istft(other, length=length, **arguments)))
        if length is not None:
            case['length'] = length
    f.add(case)


def hz_to_mel(hz, scale):
    if scale == 'htk':
        return 2595.0 * math.log10(1.0 + hz / 700.0)
    return 15 + math.log(hz / 1000.0) / (math.log(6.4) / 27.0) if hz >= 1000 else hz / (200.0 / 3)


def mel_to_hz(mels, scale):
    if scale == 'htk':
        return 700.0 * (10.0 ** (mels / 2595.0) - 1.0)
    return torch.where(mels >= 15, 1000.0 * torch.exp(math.log(6.4) / 27.0 * (mels - 15)), 200.0 / 3 * mels)


def filterbank(bins, sampleRate, mels, minHz=0.0, maxHz=None, scale='htk', norm='none'):
    maxHz = maxHz or float(sampleRate // 2)
    all_freqs = torch.linspace(0, sampleRate // 2, bins, dtype=torch.float64)
    m_pts = torch.linspace(hz_to_mel(minHz, scale), hz_to_mel(maxHz, scale), mels + 2, dtype=torch.float64)
    f_pts = mel_to_hz(m_pts, scale)
    f_diff = f_pts[1:] - f_pts[:-1]
    slopes = f_pts.unsqueeze(0) - all_freqs.unsqueeze(1)
    down, up = -slopes[:, :-2] / f_diff[:-1], slopes[:, 2:] / f_diff[1:]
    fb = torch.clamp(torch.min(down, up), min=0)
    return fb * (2.0 / (f_pts[2:] - f_pts[:mels])).unsqueeze(0) if norm == 'slaney' else fb


def amplitude_to_db(x, multiplier, amin, ref, top_db):
    x_db = multiplier * torch.log10(torch.clamp(x, min=amin)) - multiplier * math.log10(max(amin, ref))
    return x_db if top_db is None else torch.max(x_db, x_db.max() - top_db)


def mel(f, name, shape, sampleRate, nFft, hopLength, power=2, db=None, **bands):
    x = sound(name, shape)
    y = stft(x, nFft, hopLength).abs() ** power
    fb = filterbank(nFft // 2 + 1, sampleRate, **bands)
    out = torch.matmul(y.transpose(-1, -2), fb).transpose(-1, -2)
    case = {'name': name, 'kind': 'mel', 'sampleRate': sampleRate, 'options': {'nFft': nFft, 'hopLength': hopLength, 'power': power, **bands}, 'x': encode(x),
            'spectrogram': encode(y), 'filterbank': encode(fb.T), 'mel': encode(out)}
    if db:
        case['db'] = db
        case['decibels'] = encode(amplitude_to_db(out.float().double(), 20 if db.get('kind') == 'magnitude' else 10, db.get('min', 1e-10), db.get('ref', 1), db.get('topDb')))
    f.add(case)


def phase_vocoder(spec, rate, hop):
    if rate == 1:
        return spec
    phase_advance = torch.linspace(0, math.pi * hop, spec.shape[-2], dtype=torch.float64)[..., None]
    time_steps = torch.arange(0, spec.shape[-1], rate, dtype=torch.float64)
    alphas = time_steps % 1.0
    phase_0 = spec[..., :1].angle()
    spec = torch.nn.functional.pad(spec, [0, 2])
    spec_0, spec_1 = spec.index_select(-1, time_steps.long()), spec.index_select(-1, (time_steps + 1).long())
    phase = spec_1.angle() - spec_0.angle() - phase_advance
    phase = phase - 2 * math.pi * torch.round(phase / (2 * math.pi))
    phase = torch.cat([phase_0, (phase + phase_advance)[..., :-1]], dim=-1)
    mag = alphas * spec_1.abs() + (1 - alphas) * spec_0.abs()
    return torch.polar(mag, torch.cumsum(phase, -1))


def resample(x, orig, new, lowpass_filter_width=6, rolloff=0.99):
    common = math.gcd(orig, new)
    orig, new = orig // common, new // common
    base = min(orig, new) * rolloff
    width = math.ceil(lowpass_filter_width * orig / base)
    idx = torch.arange(-width, width + orig, dtype=torch.float64)[None, None] / orig
    t = (torch.arange(0, -new, -1, dtype=torch.float64)[:, None, None] / new + idx) * base
    t = t.clamp(-lowpass_filter_width, lowpass_filter_width)
    taper = torch.cos(t * math.pi / lowpass_filter_width / 2) ** 2
    t = t * math.pi
    kernels = torch.where(t == 0, torch.tensor(1.0, dtype=torch.float64), t.sin() / t) * taper * (base / orig)
    padded = torch.nn.functional.pad(x, (width, width + orig))
    out = torch.nn.functional.conv1d(padded[:, None], kernels, stride=orig).transpose(1, 2).reshape(x.shape[0], -1)
    return out[..., :math.ceil(new * x.shape[-1] / orig)]


def vocoder(f, name, shape, rate, hop):
    x = torch.complex(sound(name + ' re', shape), sound(name + ' im', shape))
    y = phase_vocoder(x, rate, hop)
    f.add({'name': name, 'kind': 'vocoder', 'rate': rate, 'hopLength': hop, 're': encode(x.real), 'im': encode(x.imag), 'outRe': encode(y.real), 'outIm': encode(y.imag)})


def resampling(f, name, shape, orig, new, **options):
    x = sound(name, shape)
    y = resample(x, orig, new, **{{'lowpassFilterWidth': 'lowpass_filter_width'}.get(key, key): value for key, value in options.items()})
    f.add({'name': name, 'kind': 'resample', 'sampleRate': orig, 'options': {'sampleRate': new, **options}, 'x': encode(x), 'y': encode(y)})


def stretch(x, rate, n_fft, hop):
    spec = phase_vocoder(stft(x, n_fft, hop), rate, hop)
    return istft(spec, n_fft, hop, length=int(round(x.shape[-1] / rate)))


def pitch(f, name, shape, sampleRate, semitones, nFft):
    x = sound(name, shape)
    rate = 2.0 ** (-semitones / 12)
    slow = stretch(x, rate, nFft, nFft // 4)
    high = resample(slow, int(sampleRate / rate), sampleRate)
    length = x.shape[-1]
    y = high[..., :length] if high.shape[-1] > length else torch.nn.functional.pad(high, [0, length - high.shape[-1]])
    f.add({'name': name, 'kind': 'pitch', 'sampleRate': sampleRate, 'options': {'semitones': semitones, 'nFft': nFft}, 'rate': rate, 'x': encode(x),
           'stretched': encode(slow), 'y': encode(y)})


def noise(f, name, shape, snr):
    x, n = sound(name, shape), sound(name + ' noise', shape)
    energies = [torch.linalg.vector_norm(v, ord=2, dim=-1) ** 2 for v in (x, n)]
    scale = 10 ** ((10 * (torch.log10(energies[0]) - torch.log10(energies[1])) - snr) / 20)
    f.add({'name': name, 'kind': 'noise', 'snrDb': snr, 'x': encode(x), 'noise': encode(n), 'y': encode(x + scale[:, None] * n)})


def build(f):
    frames(f, 'stft: power of two', (2, 100), nFft=16, hopLength=4)
    frames(f, 'stft: any even size', (1, 100), nFft=20, hopLength=10)
    frames(f, 'stft: odd size', (1, 90), nFft=15, hopLength=5)
    frames(f, 'stft: prime size', (1, 90), nFft=17, hopLength=4)
    frames(f, 'stft: 25 ms', (1, 1000), nFft=400, hopLength=160)
    frames(f, 'stft: shorter window', (1, 100), nFft=32, hopLength=7, winLength=21)
    frames(f, 'stft: hamming, not centered', (2, 80), nFft=16, hopLength=5, window='hamming', center=False)
    frames(f, 'stft: rectangular', (1, 70), nFft=8, hopLength=8, window='rectangular')
    frames(f, 'stft: no overlap, forwards only', (1, 70), invert=False, nFft=8, hopLength=11)
    frames(f, 'stft: cut to a length', (1, 100), length=83, nFft=16, hopLength=4)
    frames(f, 'stft: filled up to a length', (1, 100), length=120, nFft=16, hopLength=4)
    mel(f, 'mel: htk', (2, 800), 16000, 256, 128, mels=20)
    mel(f, 'mel: slaney', (1, 800), 16000, 256, 100, mels=24, scale='slaney', norm='slaney', db={'topDb': 20})
    mel(f, 'mel: a band of magnitudes', (1, 900), 22050, 400, 200, power=1, mels=16, minHz=300.0, maxHz=7000.0, norm='slaney', db={'kind': 'magnitude', 'ref': 0.5, 'min': 1e-3})
    mel(f, 'mel: slaney scale alone', (1, 700), 8000, 200, 80, mels=12, scale='slaney', db={'ref': 10})
    for rate in (0.7, 0.8, 1.0, 1.3, 2.0, 3.7):
        vocoder(f, f'vocoder: {rate}', (2, 9, 11), rate, 4)
    resampling(f, 'resample: half', (2, 101), 16000, 8000)
    resampling(f, 'resample: twice', (1, 50), 8000, 16000)
    resampling(f, 'resample: 44.1 to 16', (1, 400), 44100, 16000)
    resampling(f, 'resample: 16 to 22.05', (1, 200), 16000, 22050)
    resampling(f, 'resample: sharper', (1, 150), 48000, 32000, lowpassFilterWidth=16, rolloff=0.85)
    pitch(f, 'pitch: up 4', (1, 500), 800, 4, 64)
    pitch(f, 'pitch: down 5', (2, 500), 800, -5, 64)
    pitch(f, 'pitch: up an octave', (1, 500), 800, 12, 128)
    pitch(f, 'pitch: a quarter tone down', (1, 400), 800, -0.5, 64)
    for snr in (-5.0, 0.0, 12.5):
        noise(f, f'noise: {snr} dB', (2, 60), snr)
