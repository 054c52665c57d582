"""Wrong answers to exercise 12.2, each with words of the message it meets."""

import torch


def second_look(first, codes, move, root=0.5):
    scores = codes @ (move @ (first @ codes)) / codes.shape[1] ** root
    return scores.softmax(dim=0)


def hard(first, codes, move):
    return second_look(torch.eye(len(first))[first.argmax()], codes, move)


WRONG = {
    "the place that you came from": lambda f, c, m: second_look(
        f, c, torch.eye(len(m))
    ),
    "move the other way": lambda f, c, m: second_look(f, c, m.T),
    "by the root of the dim": lambda *x: second_look(*x, root=0),
    "Apply a softmax": lambda f, c, m: c @ (m @ (f @ c)) / c.shape[1] ** 0.5,
    "mostly at place 2": lambda f, c, m: second_look(3 * f, c, m),
    "of shape (4,); yours has (1, 4)": lambda *x: second_look(*x)[None],
}
ADVERSARIAL = {"code of the heaviest place alone": hard}


def random_input(random):
    place = torch.randint(5, (1,), generator=random)
    codes, move = (torch.randn(n, 3, generator=random) for n in (5, 3))
    return torch.eye(5)[place[0]], codes, move
