import torch
from torch import nn


class RNN(nn.Module):
    """Maps (N, 50) and (N, 20) to (N, 20) and (N, 10)."""

    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.i2h = nn.Linear(input_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, output_size)

    def forward(self, data, last_hidden):
        x = torch.cat((data, last_hidden), 1)
        hidden = self.i2h(x)
        output = self.h2o(hidden)
        return hidden, output


class Net(nn.Module):
    """Maps (N, 50) to (N, 5, 10)."""

    def __init__(self):
        super().__init__()
        self.rnn = RNN(70, 20, 10)

    def forward(self, x):
        last_hidden = torch.zeros(x.size(0), 20, device=x.device)
        outputs = []
        for _ in range(5):
            last_hidden, output = self.rnn(x, last_hidden)
            outputs.append(output)
        x = torch.stack(outputs, 1)
        return x
